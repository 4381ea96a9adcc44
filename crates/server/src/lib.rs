//! The archive behind the Call Log API: what `api` asks of its ports, answered from `store`.
