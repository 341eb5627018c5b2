#include <cmath>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"
#include "drive/message_group.hpp"

namespace kapacitor::udf::host::check {
namespace {

using point_message = ::agent::Point;

void expect_group(const std::set<std::string>& known, const std::string& said,
                  const std::string& computed) {
  if (known.contains(computed)) return;
  const auto seen = fmt::format("Kapacitor computes the group \"{}\" of a response", computed);
  // If a point names one of our groups, it means that one; without a name it may be a new group.
  if (known.contains(said)) fail(fmt::format("{} which says that it is \"{}\"", seen, said));
  warn(seen + ", none that was sent: all such are one group");
}

void groups_kept(subject& s) {
  std::set<std::string> known;
  for (std::size_t i = 0; i < ordinary; ++i) known.insert(s.data().point(i).group());
  const bool batches = s.info().provides == edge::batch;
  bool by_measurement = false;  // of the batch that is open
  for (const auto& r : s.reference().all()) {
    if (r.has_point() && !batches) expect_group(known, r.point().group(), group_of(r.point()));
    if (r.has_begin()) by_measurement = r.begin().byname();
    if (r.has_end()) expect_group(known, r.end().group(), group_of(r.end(), by_measurement));
  }
}

// Calls for each point outside of batches.
template <class Look>
void each_point(subject& s, Look look) {
  if (s.info().provides == edge::batch) skip("it emits batches");
  for (const auto& r : s.reference().all()) {
    if (r.has_point()) look(r.point());
  }
}

void name_kept(subject& s) {
  const auto look = [](const std::string& name) {
    if (name.empty()) warn("a response has no name: influxDBOut without .measurement() fails");
  };
  for (const auto& r : s.reference().all()) {
    if (r.has_end()) look(r.end().name());
  }
  if (s.info().provides == edge::stream) each_point(s, [&](auto& p) { look(p.name()); });
}

void database_kept(subject& s) {
  if (s.info().wants == edge::batch)
    skip("Kapacitor does not tell a function the database of a batch");
  each_point(s, [](const point_message& p) {
    if (p.database() == "telegraf" && p.retentionpolicy() == "autogen") return;
    warn(
        fmt::format("a response is of the database \"{}\", retention policy \"{}\" instead of "
                    "telegraf, autogen",
                    p.database(), p.retentionpolicy()));
  });
}

void batch_time_kept(subject& s) {
  if (s.info().provides == edge::stream) skip("it emits no batches");
  for (const auto& r : s.reference().all()) {
    if (r.has_end() && r.end().tmax() == 0) {
      warn("a batch has no tmax: to Kapacitor it is of 1970, and joins with nothing");
    }
  }
}

void each_emitted(const transcript& t, const std::function<void(const point_message&)>& look) {
  for (const auto& r : t.all()) {
    if (r.has_point()) look(r.point());
  }
}

void expect_finite(const point_message& p) {
  for (const auto& [name, x] : p.fieldsdouble()) {
    if (!std::isfinite(x))
      warn(fmt::format("its field {} is {}: InfluxDB refuses the write", name, x));
  }
}

void numbers_finite(subject& s) {
  each_emitted(s.reference(), expect_finite);
  const auto huge = [&](point_message& p) {
    (*p.mutable_fieldsdouble())[s.data().field()] = 1e308;
  };
  each_emitted(s.converse(joined(s.data().data_changed(huge))).heard(), expect_finite);
}

void fields_present(subject& s) {
  each_emitted(s.reference(), [](const point_message& p) {
    const bool none = p.fieldsdouble().empty() && p.fieldsint().empty() &&
                      p.fieldsstring().empty() && p.fieldsbool().empty();
    if (none) warn("a point has no fields: InfluxDB refuses the write");
  });
}

void fields_of_one_type(subject& s) {
  each_emitted(s.reference(), [](const point_message& p) {
    std::multiset<std::string> names;
    for (const auto& [name, x] : p.fieldsdouble()) names.insert(name);
    for (const auto& [name, x] : p.fieldsint()) names.insert(name);
    for (const auto& [name, x] : p.fieldsstring()) names.insert(name);
    for (const auto& [name, x] : p.fieldsbool()) names.insert(name);
    for (const auto& name : names) {
      if (names.count(name) > 1) {
        warn(fmt::format("its field {} has several types: Kapacitor keeps one of them", name));
      }
    }
  });
}

}  // namespace

std::span<const rule> content_rules() {
  static constexpr rule rules[] = {
      {"groups-kept",
       "Responses have the dimensions, in the order received, and tags of their group.",
       "the nodes below mix the groups up", groups_kept},
      {"name-kept", "Responses have a name.", "", name_kept},
      {"database-kept", "Responses have the database and retention policy of the points.", "",
       database_kept},
      {"batch-time-kept", "Batches have a time.", "", batch_time_kept},
      {"numbers-finite", "NaN and infinities do not come out of ordinary data, or huge numbers.",
       "", numbers_finite},
      {"fields-present", "Each point has a field.", "", fields_present},
      {"fields-of-one-type", "No field has values of several types.", "", fields_of_one_type},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
