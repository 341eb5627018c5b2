#pragma once

#include "base/options/table.hpp"
#include "base/table/file_format.hpp"
#include "base/table/table_settings.hpp"

namespace kapacitor {

/// The options of all programs that say how a file of points is read: --format, --time-format,
/// --time-column, --field, --tag, --decimal. Lifetime: both must outlive the group
void add_table_options(option_group& g, std::optional<file_format>& format, table_settings& s);

}  // namespace kapacitor
