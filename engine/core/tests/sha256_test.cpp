// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "core/sha256.h"

#include <doctest/doctest.h>

using namespace lathe;

TEST_CASE("SHA-256 gives the sums of the standard's examples") {
    CHECK(sha256Hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256Hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(sha256Hex(std::string(1'000'000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a sum does not depend on the pieces it was fed in") {
    std::string bytes;
    for (int i = 0; i < 1000; ++i)
        bytes += static_cast<char>(i * 7);
    for (std::size_t length : {55U, 56U, 63U, 64U, 65U, 119U, 120U, 1000U}) {
        const std::string whole = bytes.substr(0, length);
        for (std::size_t piece : {1U, 3U, 64U, 100U}) {
            Sha256 sum;
            for (std::size_t at = 0; at < length; at += piece)
                sum.add(std::string_view(whole).substr(at, piece));
            CHECK(sum.hex() == sha256Hex(whole));
        }
    }
}

TEST_CASE("the sum of a file is the sum of its bytes") {
    TempDir temp;
    const std::string bytes(3'000'001, 'x');
    REQUIRE(writeFileAtomic(temp / "file", bytes));
    CHECK(sha256OfFile(temp / "file").value() == sha256Hex(bytes));
    CHECK(sha256OfFile(temp / "none").error().code == ErrorCode::NotFound);
}

TEST_CASE("HMAC with SHA-256 gives the values of RFC 4231") {
    CHECK(hmacSha256Hex(std::string(20, '\x0b'), "Hi There") ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hmacSha256Hex("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hmacSha256Hex(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
