#pragma once

#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include <google/protobuf/util/message_differencer.h>
#include <udf.pb.h>

#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/point.hpp>

// libprotobuf as the judge of our own codec: the same message as it sees it, random messages.
namespace kapacitor::udf::test {

inline bool same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  google::protobuf::util::MessageDifferencer differ;
  google::protobuf::util::DefaultFieldComparator numbers;
  numbers.set_treat_nan_as_equal(true);
  differ.set_field_comparator(&numbers);
  return differ.Compare(a, b);
}

/// What our decoder read, as libprotobuf would hold it.
inline ::agent::Point as_message(const udf::point& p) {
  ::agent::Point m;
  m.set_time(p.time().time_since_epoch().count());
  m.set_name(std::string(p.name()));
  m.set_database(std::string(p.database()));
  m.set_retentionpolicy(std::string(p.retention_policy()));
  m.set_group(std::string(p.group()));
  m.set_byname(p.by_name());
  for (const auto d : p.dimensions()) m.add_dimensions(std::string(d));
  for (const auto& t : p.tags()) (*m.mutable_tags())[std::string(t.name)] = std::string(t.value);
  for (const auto& f : p.fields()) {
    const std::string name(f.name);
    if (const auto* d = std::get_if<double>(&f.value.held()))
      (*m.mutable_fieldsdouble())[name] = *d;
    if (const auto i = f.value.integer()) (*m.mutable_fieldsint())[name] = *i;
    if (const auto s = f.value.text()) (*m.mutable_fieldsstring())[name] = std::string(*s);
    if (const auto b = f.value.boolean()) (*m.mutable_fieldsbool())[name] = *b;
  }
  return m;
}

inline ::agent::BeginBatch as_message(const udf::batch& b) {
  ::agent::BeginBatch m;
  m.set_name(std::string(b.name()));
  m.set_group(std::string(b.group()));
  m.set_size(b.size());
  m.set_byname(b.by_name());
  for (const auto& t : b.tags()) (*m.mutable_tags())[std::string(t.name)] = std::string(t.value);
  return m;
}

/// An EndBatch but for byName, which Kapacitor never sets and we do not read.
inline ::agent::EndBatch as_message(const batch_end& e) {
  ::agent::EndBatch m;
  m.set_name(std::string(e.name()));
  m.set_group(std::string(e.group()));
  m.set_tmax(e.tmax().time_since_epoch().count());
  for (const auto& t : e.tags()) (*m.mutable_tags())[std::string(t.name)] = std::string(t.value);
  return m;
}

/// Random messages of every shape that Kapacitor could send, extremes preferred.
class random_messages {
 public:
  explicit random_messages(std::uint64_t seed) : engine_(seed) {}

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }

  std::int64_t number() {
    switch (below(6)) {
      case 0:
        return 0;
      case 1:
        return std::numeric_limits<std::int64_t>::min();
      case 2:
        return std::numeric_limits<std::int64_t>::max();
      case 3:
        return -static_cast<std::int64_t>(below(1000));
      default:
        return static_cast<std::int64_t>(engine_() >> below(64));
    }
  }
  double real() {
    switch (below(8)) {
      case 0:
        return 0;
      case 1:
        return -0.0;
      case 2:
        return std::numeric_limits<double>::denorm_min();
      case 3:
        return std::numeric_limits<double>::max();
      case 4:
        return std::numeric_limits<double>::quiet_NaN();
      case 5:
        return -std::numeric_limits<double>::infinity();
      default:
        return static_cast<double>(number()) / 1e6;
    }
  }
  std::string text() {
    static const std::string pieces[] = {
        "a", "=", ",", " ", "\n", "\\", "\"", "é", "日本", "😀", std::string(1, '\0')};
    const auto n = below(10) == 0 ? below(400) : below(9);
    std::string s;
    for (std::size_t i = 0; i < n; ++i) s += pieces[below(std::size(pieces))];
    return s;
  }

  ::agent::Point point() {
    ::agent::Point m;
    m.set_time(number());
    if (below(4)) m.set_name(text());
    if (below(2)) m.set_database(text());
    if (below(2)) m.set_retentionpolicy(text());
    if (below(4)) m.set_group(text());
    m.set_byname(below(2) == 0);
    for (auto n = below(4); n > 0; --n) m.add_dimensions(text());
    for (auto n = below(5); n > 0; --n) (*m.mutable_tags())[text()] = text();
    for (auto n = below(4); n > 0; --n) (*m.mutable_fieldsdouble())["d" + text()] = real();
    for (auto n = below(3); n > 0; --n) (*m.mutable_fieldsint())["i" + text()] = number();
    for (auto n = below(3); n > 0; --n) (*m.mutable_fieldsstring())["s" + text()] = text();
    for (auto n = below(3); n > 0; --n) (*m.mutable_fieldsbool())["b" + text()] = below(2) == 0;
    return m;
  }
  ::agent::BeginBatch begin() {
    ::agent::BeginBatch m;
    m.set_name(text());
    m.set_group(text());
    m.set_size(number());
    m.set_byname(below(2) == 0);
    for (auto n = below(5); n > 0; --n) (*m.mutable_tags())[text()] = text();
    return m;
  }
  ::agent::EndBatch end() {
    ::agent::EndBatch m;
    m.set_name(text());
    m.set_group(text());
    m.set_tmax(number());
    for (auto n = below(5); n > 0; --n) (*m.mutable_tags())[text()] = text();
    return m;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace kapacitor::udf::test
