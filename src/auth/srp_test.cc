#include "auth/srp.h"

#include <gtest/gtest.h>

#include <vector>

#include "auth/encoding.h"

namespace cruddur::auth {
namespace {

// Computed in Python, by the client's side of the protocol: S = (B - k·g^x)^(a + u·x).
constexpr std::string_view kVerifier =
    "b47d75a991531facf58c4ce484d35043b37bacc7d659029dc8c3ce6f18123089eb71ce6273e45a7e"
    "9742118b6c028ff41c1c4357271c7dac8953556e8c2cc1c1f2f32ab929bebfd52fd5316cabf4cf28"
    "8b4069626d7deee926b8128d6063e8eb08f16dd8370450a99b32d615dabd2fc8f9bfce139442e04e"
    "7ca12df7f645b032b84e4334b487a6d9296c2ec6a02e394a7d09cd40e54050c93c271da5caf56ac7"
    "2ddd0639aa25038d83279fdcde1a2134ff42282a7723d503a909a9f2843239f23bf8bb03993d5aeb"
    "d586836b4898d582fefa8bdac745ab284f83456e8b712fe58cbeaf5f83882fc0bf5aaf8ce0e39590"
    "db1fb7f8a961a5d310bdf28985be38e1305c15aa07bf44fa26f7720675dd1a4bf7720b361d14160e"
    "538f3825fb83e4459b37ae7d20d7b6d5b3e84027382f67039036ff22d3e066c7a0990d4b491bcb66"
    "3a7b01450525d4d563360216ffc9bc0e6bace6bae89389b3544f962e7063577e675b91271edf0741"
    "0c1004829236f522cbf4caa00b4b3a1f3b35a8105e46ad95";
constexpr std::string_view kPrivateB =
    "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d3e23e8160039594a"
    "33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d3e23e8160039594a33894f6564e1b134"
    "8bbd7a0088d42c4acb73eeaed59c009d3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4a"
    "cb73eeaed59c009d";
constexpr std::string_view kPublicA =
    "e9597fa116e1c49743fe35a8a32f7cf0e2296deed9da08ee3add1b0f0287de2262e795ef27a5c2f0"
    "d13be2958519cedef38e18f134a8a481d3a954547014e1cb46e21468c5b879a67fcd674382270bcb"
    "33a1c750ecd15bc74188020d7a8f373ba4f53bb8abd02e3d769a50b0f9157973be10fa80d681e437"
    "1800b90e4d1c3e18973fd5beadd4ac018aa16b7df94f59603a908b90602f2d56f6b0998494d04fb2"
    "7c84a40ad0e3dc576ed8ea60b85fcbd2748fc2e4b04c8636f4da816dfc88eca52c767345359cfc69"
    "ee1d0cdfdc7bb0f85ded08bdcd4066684a3171572df480c7b8592b65a802295478d3bad761d0e4d4"
    "fbb7d2078c54ea53b7f68ebf0a0d4a0cac0c93ff8fff44a7df6c34ea2ceecff321eecca39064cc63"
    "ac350342adec02756a9387ed57f32234bf22242ed845714e4d56cc5e564070231d8f90a71b3cf533"
    "549c071f87017d7d8a5282cfc1e70eddbb24afb60bc834ceec2d5223a0fdaaa3cc58dc5e2be6b3db"
    "d2b2cc6ce45fd15efcaa3b2fa582c92602c525cfd769b9a3";
constexpr std::string_view kPublicB =
    "47f19abcc9613a06875bc285687d989787664d4a24fdee4a296d19a838daf66f702caf78cf3c681e"
    "56544d46fa42e3a701a365828100ea0738e1432a941482b49eff72f0cdae9d09e2ee1859c7519fda"
    "b8c7d7608e1a71cc7ca4d81d38c3c28e085f829568c6765bd1f9d6d46f4d3e9b05cd43bb533efc35"
    "95f0ce233edf00150fca1afc1f8ecf9109cff2644f6dfcf01265e3fd70c502ffa0c3998d3638dbca"
    "3803ade72dc1c1b217fef17b5e1a7423e76906b96b0079064bd5a4fa4b5e065d5b716379bb1f699d"
    "c333b3c616f0879c6c8ebb9d1e861937fa32a2678c7887b6928fc7e62c2f0e6b4b03055e41f1ff72"
    "375418e4db690e3d919eccab4a9db49614e7a3918143406687d44ed9adfc26839315b0223ab0d0df"
    "c1156f1339eea7a3b1dbf5229fe8aa668d1febbd88fe1034eccdc65d1fb1068fed83c4c19e81e3c4"
    "2dc0f9fa1d5fee37f4eaff4179bde1e7edda79a9c015aec97029be5ef48d56ed47c0f9d2003940bc"
    "424a2555eb914d6fefb9a94b7ee53793f2a9c769855da4d2";
constexpr std::string_view kSignature =
    "279c90b1d3b0079c0a40ed1e0d82ff37ae80720f5652ef79fdba245eba426feb";
// RFC 3526, group 15.
constexpr std::string_view kModulus =
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22"
    "514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6"
    "F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3D"
    "C2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E8603"
    "9B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D"
    "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864"
    "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB31"
    "43DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";
constexpr std::string_view kSalt = "f0e1d2c3b4a5968778695a4b3c2d1e0f";  // its top bit is set
const SrpAttempt kAttempt{.pool_name = "cruddur",
                          .user_id = "5f1b7c1e-0000-4000-8000-000000000001",
                          .secret_block = "secret block",
                          .timestamp = "Sat Nov 21 18:00:00 UTC 2026"};

SrpVerifier KnownUser() { return {std::string(kSalt), std::string(kVerifier)}; }
SrpChallenge KnownChallenge() { return {std::string(kPrivateB), std::string(kPublicB)}; }

TEST(Srp, ComesToTheSignatureOfTheClient) {
  const auto signature = SrpSignature(KnownUser(), KnownChallenge(), kPublicA, kAttempt);
  ASSERT_TRUE(signature);
  EXPECT_EQ(HexEncode(*signature), kSignature);
}

TEST(Srp, SignsAllOfTheAttempt) {
  std::vector<SrpAttempt> others(4, kAttempt);
  others[0].pool_name = "crudduR";
  others[1].user_id = "5f1b7c1e-0000-4000-8000-000000000002";
  others[2].secret_block = "Secret block";
  others[3].timestamp = "Sat Nov 21 18:00:01 UTC 2026";
  for (const SrpAttempt& other : others) {
    EXPECT_NE(HexEncode(*SrpSignature(KnownUser(), KnownChallenge(), kPublicA, other)), kSignature);
  }
  const auto another = MakeSrpVerifier("cruddur", kAttempt.user_id, "Correct-Horse8");
  EXPECT_NE(HexEncode(*SrpSignature(another, KnownChallenge(), kPublicA, kAttempt)), kSignature);
}

TEST(Srp, HasAVerifierForEachPasswordAndAChallengeForEachAttempt) {
  const auto first = MakeSrpVerifier("cruddur", "user", "password");
  const auto second = MakeSrpVerifier("cruddur", "user", "password");
  EXPECT_NE(first.salt, second.salt);
  EXPECT_NE(first.verifier, second.verifier);
  EXPECT_NE(MakeSrpChallenge(first).public_b, MakeSrpChallenge(first).public_b);
  EXPECT_TRUE(IsSrpPublicValue(MakeSrpChallenge(first).public_b));
}

TEST(Srp, RefusesValuesThatWouldMakeTheSecretKnown) {
  const std::string n(kModulus);
  for (const std::string& hostile : {std::string("0"), std::string("00"), std::string(), n,
                                     std::string("not hexadecimal"), std::string(2000, 'f')}) {
    EXPECT_FALSE(IsSrpPublicValue(hostile)) << hostile.substr(0, 20);
    EXPECT_FALSE(SrpSignature(KnownUser(), KnownChallenge(), hostile, kAttempt));
  }
  EXPECT_TRUE(IsSrpPublicValue(kPublicA));
  EXPECT_TRUE(IsSrpPublicValue("1"));
}

TEST(Srp, ShowsOfNobodyWhatItShowsOfAnybody) {
  const auto nobody = FakeSrpVerifier("seed of gkar"), again = FakeSrpVerifier("seed of gkar");
  EXPECT_EQ(nobody.salt, again.salt);
  EXPECT_EQ(nobody.verifier, again.verifier);
  EXPECT_NE(FakeSrpVerifier("seed of londo").salt, nobody.salt);
  EXPECT_NEAR(static_cast<double>(nobody.salt.size()), 33, 1.1);
  EXPECT_TRUE(IsSrpPublicValue(MakeSrpChallenge(nobody).public_b));
}

}  // namespace
}  // namespace cruddur::auth
