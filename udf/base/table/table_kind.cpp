#include "base/table/table_kind.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/text/encoding.hpp"

namespace kapacitor {

bool table_annotations::take(const csv_record& record) {
  if (record.size() == 0) return false;
  // In front of it may stand a byte order mark: files are put together so.
  const auto name = without_byte_order_mark(record[0]);
  auto* const to = name == "#datatype"  ? &datatype
                   : name == "#group"   ? &group
                   : name == "#default" ? &fallback
                                        : nullptr;
  // "#datatype measurement,tag,…" is how `influx write` has it as well.
  const bool spaced = name.starts_with("#datatype ");
  if (!to && !spaced) return false;
  auto& words = spaced ? datatype : *to;
  words.clear();
  for (std::size_t i = 0; i < record.size(); ++i) words.emplace_back(trimmed(record[i]));
  if (spaced) words[0] = words[0].substr(words[0].find(' ') + 1);
  return true;
}

table_kind kind_of_table(const std::vector<std::string>& header, const table_annotations& a) {
  const auto has = [&](const char* name) {
    return std::find(header.begin(), header.end(), name) != header.end();
  };
  if (has("_measurement") || (has("_field") && has("_value"))) return table_kind::flux;
  if (has("result") && has("table")) return table_kind::flux;
  if (!a.group.empty()) return table_kind::flux;
  const bool shell = header.size() > 2 && header[0] == "name" &&
                     (header[1] == "time" || (header[1] == "tags" && header[2] == "time"));
  return shell ? table_kind::shell : table_kind::plain;
}

}  // namespace kapacitor
