#pragma once

#include <string>
#include <string_view>

namespace kapacitor::inline base {

// Values of the header Authorization.

std::string basic_authorization(std::string_view user, std::string_view password);
std::string token_authorization(std::string_view token);

}  // namespace kapacitor::inline base
