#include "src/base/digest.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace nam56r::base {
namespace {

class Hasher {
 public:
  Hasher() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    Require(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }
  void Add(std::string_view bytes) {
    Require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  }
  std::string Finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    Require(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1 && size == 32);
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text = "sha256:";
    for (unsigned i = 0; i < size; ++i) {
      text += kHex[digest[i] >> 4];
      text += kHex[digest[i] & 0xf];
    }
    return text;
  }

 private:
  static void Require(bool done) {
    if (!done) throw std::logic_error("libcrypto does not compute SHA-256");
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string Sha256(std::string_view bytes) {
  Hasher hasher;
  hasher.Add(bytes);
  return hasher.Finish();
}

Expected<std::string> Sha256OfFile(const std::filesystem::path& path, Surface surface) {
  const auto failed = [&](const std::string& why) {
    Diagnostic error;
    error.code = "BASE0001";
    error.surface = surface;
    error.message = "cannot read '" + path.string() + "': " + why;
    error.where = {{{path.string(), 0, 0}, why}};
    error.fix = "name a regular file that this user may read";
    return error;
  };
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return failed(std::generic_category().message(errno));
  struct Closer {
    int descriptor;
    ~Closer() { close(descriptor); }
  } closer{descriptor};
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return failed(std::generic_category().message(errno));
  if (!S_ISREG(status.st_mode)) return failed("not a regular file");
  Hasher hasher;
  std::vector<char> piece(std::size_t{1} << 20);
  for (;;) {
    const ssize_t got = read(descriptor, piece.data(), piece.size());
    if (got == 0) return hasher.Finish();
    if (got < 0) {
      if (errno == EINTR) continue;
      return failed(std::generic_category().message(errno));
    }
    hasher.Add({piece.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace nam56r::base
