#include <limits>

#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"

namespace kapacitor::udf::host::check {
namespace {

using point_message = ::agent::Point;

void clear_fields(point_message& p) {
  p.clear_fieldsdouble();
  p.clear_fieldsint();
  p.clear_fieldsstring();
  p.clear_fieldsbool();
}

// The same data with one odd point among them.
void taken_with(subject& s, const sample::change& odd) {
  expect_accepted(s, s.data().data_with(odd));
}

void taken_changed(subject& s, const sample::change& each) {
  expect_accepted(s, s.data().data_changed(each));
}

void data_taken(subject& s) {
  expect_accepted(s, s.data().data(0, ordinary));
}

// With INTs as DOUBLEs, as a function that takes numbers should see them.
std::vector<std::string> as_numbers(const transcript& t) {
  std::vector<std::string> texts;
  for (auto r : t.all()) {
    if (!r.has_point()) continue;
    auto& p = *r.mutable_point();
    for (const auto& [name, x] : p.fieldsint()) {
      (*p.mutable_fieldsdouble())[name] = static_cast<double>(x);
    }
    p.clear_fieldsint();
    texts.push_back(described(r));
  }
  return texts;
}

void field_int(subject& s) {
  const auto& name = s.data().field();
  const auto p = expect_accepted(s, s.data().data_changed([&](point_message& one) {
    const auto x = one.fieldsdouble().at(name);
    one.mutable_fieldsdouble()->erase(name);
    (*one.mutable_fieldsint())[name] = static_cast<std::int64_t>(x);
  }));
  const auto other = s.difference(as_numbers(s.reference()), as_numbers(p.heard()));
  if (other.empty()) return;
  warn(fmt::format("whole numbers written as ints (1i) give other results than floats: {}", other));
}

// Its responses, except those to the point at this time.
std::vector<std::string> without(const transcript& t, std::int64_t time) {
  std::vector<std::string> texts;
  for (const auto& r : t.all()) {
    if (r.has_point() && r.point().time() != time) texts.push_back(described(r));
  }
  return texts;
}

void field_missing(subject& s) {
  std::int64_t time = 0;
  const auto p = expect_accepted(s, s.data().data_with([&](point_message& one) {
    clear_fields(one);
    (*one.mutable_fieldsdouble())["another"] = 1;
    one.set_time(time = one.time() + 1);
  }));
  const auto other = s.difference(without(s.reference(), time), without(p.heard(), time));
  if (other.empty()) return;
  warn(fmt::format(
      "a point without the field changes the results of others, as if it had a value: {}", other));
}

void field_string(subject& s) {
  taken_with(s, [&](point_message& p) {
    clear_fields(p);
    (*p.mutable_fieldsstring())[s.data().field()] = "a text";
  });
}

void field_bool(subject& s) {
  taken_with(s, [&](point_message& p) {
    clear_fields(p);
    (*p.mutable_fieldsbool())[s.data().field()] = true;
  });
}

void fields_none(subject& s) {
  taken_with(s, clear_fields);
}

void fields_of_every_type(subject& s) {
  taken_changed(s, [](point_message& p) {
    (*p.mutable_fieldsdouble())["a_float"] = -1.25;
    (*p.mutable_fieldsint())["an_int"] = -7;
    (*p.mutable_fieldsstring())["a_text"] = "text";
    (*p.mutable_fieldsbool())["a_bool"] = true;
  });
}

void numbers_extreme(subject& s) {
  using limits = std::numeric_limits<double>;
  for (const double x : {limits::max(), limits::lowest(), limits::denorm_min(), -0.0}) {
    taken_with(s, [&](point_message& p) { (*p.mutable_fieldsdouble())[s.data().field()] = x; });
  }
  taken_with(s, [&](point_message& p) {
    clear_fields(p);
    (*p.mutable_fieldsint())[s.data().field()] = std::numeric_limits<std::int64_t>::min();
  });
}

void numbers_not_finite(subject& s) {
  using limits = std::numeric_limits<double>;
  for (const double x : {limits::quiet_NaN(), limits::infinity(), -limits::infinity()}) {
    taken_with(s, [&](point_message& p) { (*p.mutable_fieldsdouble())[s.data().field()] = x; });
  }
}

void texts_of_any_kind(subject& s) {
  const std::string strange[] = {"",          " ",          "a b,c=d",
                                 "line\nend", "\"quoted\\", "São Paulo 東京 🌡"};
  taken_with(s, [&](point_message& p) {
    for (const auto& text : strange) {
      (*p.mutable_tags())["tag " + text] = text;
      (*p.mutable_fieldsstring())["field " + text] = text;
    }
  });
  for (const auto& text : strange) {
    taken_with(s, [&](point_message& p) {
      p.set_name(text.empty() ? "m" : text);
      (*p.mutable_tags())["host"] = text;
    });
  }
}

void group_none(subject& s) {
  taken_changed(s, [](point_message& p) { p.clear_dimensions(), p.clear_tags(); });
}

void group_by_measurement(subject& s) {
  taken_changed(s, [](point_message& p) { p.set_byname(true); });
}

void group_tag_missing(subject& s) {
  taken_with(s, [](point_message& p) { p.mutable_tags()->erase("site"); });
}

void groups_many(subject& s) {
  const std::size_t together = s.data().wants() == edge::batch ? batch_size : 1;
  std::size_t i = 0;
  frames many;
  for (std::size_t round = 0; round < 20; ++round) {
    const auto some = s.data().data_changed([&](point_message& p) {
      (*p.mutable_tags())["host"] = fmt::format("host-{}", i++ / together);
    });
    many.insert(many.end(), some.begin(), some.end());
  }
  expect_accepted(s, many);
}

void times_extreme(subject& s) {
  using times = std::numeric_limits<std::int64_t>;
  for (const auto time : {std::int64_t{0}, std::int64_t{-1}, times::min() + 1, times::max()}) {
    taken_with(s, [&](point_message& p) { p.set_time(time); });
  }
}

void times_out_of_order(subject& s) {
  taken_changed(s, [n = std::int64_t{}](point_message& p) mutable {
    p.set_time(p.time() - 2 * (n++ % 7) * 1'000'000'000);
  });
}

void batch_empty(subject& s) {
  if (s.data().wants() != edge::batch) skip("it takes no batches");
  auto requests = s.data().batch({});
  const auto more = s.data().data(0, 10);
  requests.insert(requests.end(), more.begin(), more.end());
  expect_accepted(s, requests);
}

void batch_sizes(subject& s) {
  if (s.data().wants() != edge::batch) skip("it takes no batches");
  for (std::size_t n = 1; n <= 5; ++n) {
    std::vector<point_message> points;
    for (std::size_t i = 0; i < n; ++i) points.push_back(s.data().point(i));
    expect_accepted(s, s.data().batch(points));
  }
}

void batch_size_unknown(subject& s) {
  if (s.data().wants() != edge::batch) skip("it takes no batches");
  const std::vector points{s.data().point(0), s.data().point(1), s.data().point(2)};
  for (const std::int64_t size : {0, 1, 1000}) {
    expect_accepted(s, s.data().batch(points, [&](auto& b) { b.set_size(size); }));
  }
}

constexpr auto stops = "the task ends, and nothing restarts it";

}  // namespace

std::span<const rule> data_rules() {
  static constexpr rule rules[] = {
      {"data-taken", "Ordinary points of several groups, or batches, are taken.", stops,
       data_taken},
      {"field-int", "Ints where floats are expected are taken, and count as numbers.", stops,
       field_int},
      {"field-missing", "A point without the field is taken, and counts for nothing.", stops,
       field_missing},
      {"field-string", "A text where a number is expected is taken.", stops, field_string},
      {"field-bool", "A bool where a number is expected is taken.", stops, field_bool},
      {"fields-none", "A point without fields is taken.", stops, fields_none},
      {"fields-of-every-type", "Points with fields of all types are taken.", stops,
       fields_of_every_type},
      {"numbers-extreme", "The largest and smallest numbers are taken.", stops, numbers_extreme},
      {"numbers-not-finite", "NaN and infinities are taken; an eval can make them.", stops,
       numbers_not_finite},
      {"texts-of-any-kind",
       "Empty texts, blanks, commas, quotes, line ends and UTF-8 are taken in names and values.",
       stops, texts_of_any_kind},
      {"group-none", "Points without tags and dimensions are taken.", stops, group_none},
      {"group-by-measurement", "Points grouped by measurement too are taken.", stops,
       group_by_measurement},
      {"group-tag-missing", "A point that lacks a tag of its group is taken.", stops,
       group_tag_missing},
      {"groups-many", "Points of many groups are taken.", stops, groups_many},
      {"times-extreme", "Times before 1970, at 0, and at the ends of the scale are taken.", stops,
       times_extreme},
      {"times-out-of-order", "Times out of order are taken.", stops, times_out_of_order},
      {"batch-empty", "An empty batch is taken.", stops, batch_empty},
      {"batch-sizes", "Batches of one to five points are taken.", stops, batch_sizes},
      {"batch-size-unknown", "The size of a batch is a hint: 0, too small and too large are taken.",
       stops, batch_size_unknown},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
