#pragma once

#include "base/influxdb/authorization.hpp"
#include "base/influxdb/tls.hpp"
#include "base/options/table.hpp"

namespace kapacitor {

/// Adds the options that say who we are and whom we trust, the same for all programs: --user,
/// --password-file, --token-file, --tls-ca, --tls-cert, --tls-key, --insecure-skip-verify.
///
/// Lifetime: `who` and `tls` are set when the options are parsed, and must live until then.
void add_access(option_group& group, login& who, tls_settings& tls);

}  // namespace kapacitor
