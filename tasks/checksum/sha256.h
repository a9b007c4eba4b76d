// SHA-256 of bytes that arrive in pieces, by OpenSSL's libcrypto. Not shared between threads.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

#include <openssl/evp.h>

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    check(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }

  void update(const unsigned char* data, size_t size) {
    check(EVP_DigestUpdate(context_.get(), data, size) == 1);
  }

  // In lowercase hexadecimal, as sha256sum prints it. Once, at the end.
  std::string hex() {
    std::array<unsigned char, 32> digest{};
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
    std::string out;
    for (unsigned char byte : digest) {
      out += "0123456789abcdef"[byte >> 4];
      out += "0123456789abcdef"[byte & 15];
    }
    return out;
  }

 private:
  static void check(bool worked) {
    if (!worked) {
      throw std::runtime_error("libcrypto cannot compute SHA-256");
    }
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};
