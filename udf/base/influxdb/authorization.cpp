#include "base/influxdb/authorization.hpp"

#include <openssl/evp.h>

namespace kapacitor::inline base {

std::string basic_authorization(std::string_view user, std::string_view password) {
  const auto plain = std::string(user) + ":" + std::string(password);
  std::string encoded(4 * ((plain.size() + 2) / 3) + 1, '\0');
  const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                      reinterpret_cast<const unsigned char*>(plain.data()),
                                      static_cast<int>(plain.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return "Basic " + encoded;
}

std::string token_authorization(std::string_view token) {
  return "Token " + std::string(token);
}

}  // namespace kapacitor::inline base
