"""The client's side of Cognito's USER_SRP_AUTH, from its description, in Python's standard library."""
import base64
import datetime
import hashlib
import hmac
import secrets

# RFC 3526, group 15, from the digits of pi as the RFC gives them.
N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2


def padded(number):
    """As Java's BigInteger.toByteArray."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def digest(data):
    return hashlib.sha256(data).digest()


class SrpClient:
    def __init__(self, pool_id):
        self.pool = pool_id.split("_")[1]
        self.secret = secrets.randbits(1024)
        self.public = pow(G, self.secret, N)

    @property
    def srp_a(self):
        return f"{self.public:x}"

    def responses(self, challenge, password, now=None):
        """What RespondToAuthChallenge wants to the ChallengeParameters of PASSWORD_VERIFIER."""
        user, block = challenge["USER_ID_FOR_SRP"], challenge["SECRET_BLOCK"]
        b, salt = int(challenge["SRP_B"], 16), int(challenge["SALT"], 16)
        now = now or datetime.datetime.now(datetime.timezone.utc)
        timestamp = now.strftime("%a %b {} %H:%M:%S UTC %Y").format(now.day)
        k = int.from_bytes(digest(padded(N) + padded(G)), "big")
        u = int.from_bytes(digest(padded(self.public) + padded(b)), "big")
        identity = digest(f"{self.pool}{user}:{password}".encode())
        x = int.from_bytes(digest(padded(salt) + identity), "big")
        shared = pow(b - k * pow(G, x, N), self.secret + u * x, N)
        extracted = hmac.new(padded(u), padded(shared), "sha256").digest()
        key = hmac.new(extracted, b"Caldera Derived Key\x01", "sha256").digest()[:16]
        message = f"{self.pool}{user}".encode() + base64.b64decode(block) + timestamp.encode()
        return {
            "USERNAME": user,
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(
                hmac.new(key, message, "sha256").digest()
            ).decode(),
            "TIMESTAMP": timestamp,
        }
