#include "watch/status_page.hpp"

namespace kapacitor::udf::watch {
namespace {

// page.html, and the policy that allows its style and its scripts by their hashes and nothing else:
// written by page/build.py when the program is built.
constexpr char html[] = {
#include "watch/page_html.inc"
};
constexpr std::string_view policy =
#include "watch/page_policy.inc"
    ;

}  // namespace

metrics_page status_page() {
  return {{html, sizeof html}, policy};
}

}  // namespace kapacitor::udf::watch
