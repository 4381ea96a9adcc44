//! ringcentral
