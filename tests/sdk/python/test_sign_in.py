import base64
import hashlib
import secrets
import unittest
import urllib.parse

from ringcentral import SDK

from support import CLIENT, OWN, SERVER, consent, get, refusal, signed_in

REDIRECT_URI = "http://127.0.0.1:8711/callback"


class SignIn(unittest.TestCase):
    def test_a_jwt_signs_in_and_tokens_are_renewed_and_revoked(self):
        platform = signed_in()
        first = platform.auth().data()
        self.assertIn("ReadCallLog", first["scope"].split())
        self.assertEqual(str(get(platform, OWN)["id"]), first["owner_id"])

        platform.refresh()
        second = platform.auth().data()
        self.assertNotEqual(second["access_token"], first["access_token"])
        self.assertEqual(str(get(platform, OWN)["id"]), first["owner_id"])

        platform.logout()
        platform.auth().set_data(second)
        self.assertEqual(refusal(platform.get, OWN)[0], 401)

    def test_a_browser_signs_in_by_the_page_with_pkce(self):
        platform = SDK(*CLIENT, SERVER).platform()
        verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        # `login_url` of this SDK fails for want of an import.
        query = {"response_type": "code", "client_id": CLIENT[0], "redirect_uri": REDIRECT_URI, "state": "a state"}
        query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        authorize = platform.create_url("/restapi/oauth/authorize", add_server=True)
        url = f"{authorize}?{urllib.parse.urlencode(query)}"
        answer = consent(url)
        self.assertEqual(answer["state"], "a state")

        wrong = dict(code=answer["code"], redirect_uri=REDIRECT_URI, verifier=secrets.token_urlsafe(32))
        self.assertEqual(refusal(platform.login, **wrong)[0], 400)
        answer = consent(url)
        platform.login(code=answer["code"], redirect_uri=REDIRECT_URI, verifier=verifier)
        self.assertTrue(get(platform, OWN)["id"])
        platform.refresh()
        self.assertTrue(get(platform, OWN)["id"])
