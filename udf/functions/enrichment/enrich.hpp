#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "functions/enrichment/table_file.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Adds tags and fields to points: those that a CSV file has for the values of their tags.
///
/// The columns `key` are compared with the point's tags of these names; the columns `addTag` and
/// `addField` of the row found are added, and replace what the point has of the same name. A point
/// whose key is not in the file, or that lacks one of the tags, leaves as it came.
///
/// Shape:  n points → the same n points, with `missing` 'drop' only those whose key is in the file
/// Cost:   O(tags + fields), one look-up by hash, no allocation; the file is read in between when
/// it
///         has changed
/// Source: CSV as in RFC 4180
class enrich {
 public:
  static constexpr auto scope = udf::scope::per_task;

  struct options {
    std::string file;
    std::vector<std::string> key, add_tag, add_field;
    std::string missing = "keep";
    std::vector<std::pair<std::string, std::string>> fallback;
    std::chrono::nanoseconds reload = std::chrono::seconds(1);

    // Made of the others by check().
    std::vector<column> keys;
    bool drop = false;
    std::shared_ptr<table_file> source;
    std::shared_ptr<const lookup_table> of_missing;  // one row, empty key; nullptr: none

    static udf::schema<options> describe();
    void check();

   private:
    table_shape shape() const;
    void check_fallback(const table_shape& all) const;
    void make_fallback();
  };

  explicit enrich(const options& o) : options_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);

 private:
  void say_what_is_missing(const udf::point& p, udf::emitter& out) const;
  bool find(const udf::point& p, const lookup_table& table, lookup_table::row& row);
  void send(const udf::point& p, const lookup_table::row& more, udf::emitter& out);

  const options& options_;
  std::string key_;
  std::vector<udf::tag> tags_;
  std::vector<udf::field> fields_;
};

}  // namespace kapacitor::udf::functions
