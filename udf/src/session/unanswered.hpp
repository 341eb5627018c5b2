#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session/cause.hpp"
#include "session/totals.hpp"
#include "session/warnings.hpp"

namespace kapacitor::udf::agent {

/// Points without their full answer, by reason and name: what is to be said of them, and when.
///
/// Cost: of a point that is answered in full, nothing. Of another, one look-up; names and values of
///       the point are looked at only if a warning is due.
class unanswered {
 public:
  static constexpr std::size_t most = 100;        // different causes; others have no name
  static constexpr std::size_t most_names = 20;   // of fields, and of tags, that points have
  static constexpr std::uint64_t patience = 100;  // points without any answer
  // From the first to the last of fewer points.
  static constexpr std::chrono::nanoseconds longest = std::chrono::minutes(1);

  void add(const shortfall& said, const occasion& where);
  /// If the points so far got no answer at all, or none got the full one: says why, after
  /// `patience` of them and each time their number has doubled. If something is the matter with the
  /// points themselves, also once their times span a minute.
  void expect_answer(const session_totals& totals);
  /// The same at the end of the input, if it was not said before.
  void expect_answer_at_end(const session_totals& totals);

  bool any_new() const { return is_new_; }
  /// Calls say(cause) for each that is due.
  template <class Say>
  void take_due(Say say) {
    is_new_ = false;
    for (auto& k : known_) {
      if (k.due) say(k.said);
      k.due = false;
    }
  }
  /// "no answer to 100 points: field 'usge' is in no point; they have usage, idle", or "no full
  /// answer" if there are answers and something is the matter with each. Empty if it is not due.
  std::string take_no_answer();

 private:
  struct one {
    cause said;
    doubling when;
    bool due = false;
  };

  one& find(const shortfall& said);
  void sample(const point& p);
  bool lasts_too_long() const;
  std::uint64_t for_every_point(std::uint64_t points) const;
  std::string why(std::uint64_t points) const;

  std::vector<one> known_;
  std::size_t last_ = 0;  // the one found last, which mostly is it again
  std::vector<std::string> fields_, tags_;
  std::string no_answer_;
  std::uint64_t next_ = patience;
  std::optional<timestamp> first_;  // times of points that got no full answer
  timestamp newest_{};
  bool told_by_time_ = false;
  bool is_new_ = false;
};

}  // namespace kapacitor::udf::agent
