// rule_breaker RULE [batch] [PATH]: a UDF that breaks one rule of `kapacitor-udf-host check`, so
// that each rule is seen to fail; with the rule "none" it breaks none. On stdin and stdout, or a
// server on the socket PATH.
//
// It counts the values of each group and adds them up.

#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "breaker_io.hpp"

namespace {

using breaker::fatal;
using breaker::hang;
using breaker::shared;
using response = ::agent::Response;
using point_message = ::agent::Point;

std::string broken;
bool batches = false;

bool breaks(std::string_view rule) {
  return broken == rule;
}

struct group_state {
  std::int64_t n = 0;
  double sum = 0;
};

class conversation {
 public:
  int run();

 private:
  bool receive();
  void handle(std::string_view message);
  void handle(const ::agent::Request& r);
  void answer_info();
  void answer_init(const ::agent::InitRequest& init);
  std::string refusal(const ::agent::InitRequest& init) const;
  void answer_keepalive(std::int64_t time);
  void answer_snapshot();
  void answer_restore(const std::string& snapshot);
  void take_begin(const ::agent::BeginBatch& b);
  void take_point(const point_message& p);
  void take_end(const ::agent::EndBatch& e);
  void complain_of(const point_message& p);
  void break_responses();
  point_message answer_to(const point_message& p);
  void error(const std::string& why);
  void say(const response& r);
  void say_bytes(std::string_view bytes);
  void flush();
  void end();

  std::string in_, out_;
  std::size_t last_read_ = 0;
  std::map<std::string, group_state> groups_;
  std::vector<point_message> batch_;
  ::agent::BeginBatch begin_;
  std::int64_t size_ = 3, last_time_ = 0;
  int requests_ = 0, points_ = 0, keepalives_ = 0, snapshots_ = 0, infos_ = 0;
  bool initialized_ = false, in_batch_ = false, restored_ = false, closing_ = false;
  bool was_stuck_ = false;
};

void conversation::say_bytes(std::string_view bytes) {
  out_ += bytes;
}

void conversation::flush() {
  if (breaks("end-answers-all") && points_ == 120 && breaker::is_over()) out_.clear();
  shared().stuck = breaker::is_stuck() ? 1 : shared().stuck.load();
  std::string_view left = out_;
  while (!left.empty()) {
    const auto n = ::write(1, left.data(), left.size());
    if (n < 0 && breaks("abort-survived")) fatal();
    if (n <= 0) std::exit(0);
    left.remove_prefix(static_cast<std::size_t>(n));
  }
  out_.clear();
  shared().stuck = 0;
}

void conversation::say(const response& r) {
  const bool stuck = breaker::is_stuck();
  was_stuck_ = was_stuck_ || stuck;
  if (stuck && r.has_point() && breaks("unread-nothing-lost")) return;
  say_bytes(breaker::framed(r));
  const bool waits = r.has_point() || r.has_begin() || r.has_end();
  if (!waits || !breaks("answers-promptly")) flush();
}

void conversation::error(const std::string& why) {
  response r;
  r.mutable_error()->set_error(why);
  say(r);
  if (breaks("silent-after-error")) {
    response more;
    more.mutable_point()->set_name("more");
    say(more);
  }
  closing_ = true;
}

bool conversation::receive() {
  char chunk[65536];
  if (requests_ == 0 && breaks("silent-until-asked")) {
    pollfd in{0, POLLIN, 0};
    if (::poll(&in, 1, 100) == 0) say(response()), error("is anybody there?");
  }
  const auto n = ::read(0, chunk, sizeof chunk);
  if (n <= 0) return false;
  last_read_ = static_cast<std::size_t>(n);
  in_.append(chunk, last_read_);
  if (last_read_ == 1 && initialized_ && breaks("split-anywhere")) error("unexpected end");
  return true;
}

int conversation::run() {
  ++shared().open;
  while (!closing_ && receive()) {
    std::size_t at = 0;
    try {
      while (const auto frame = breaker::wire::first_frame(std::string_view(in_).substr(at),
                                                           breaker::wire::default_max_message)) {
        at += frame->size;
        if (frame->message.size() > 1'000'000 && breaks("message-large")) error("too large");
        if (!closing_) handle(frame->message);
      }
    } catch (const std::exception& e) {
      if (breaks("length-absurd")) fatal();
      error(e.what());
    }
    in_.erase(0, at);
  }
  end();
  --shared().open;
  return 0;
}

// The input is over, or the connection is to be closed.
void conversation::end() {
  if (requests_ == 0 && breaks("connect-and-leave") && ++shared().silent >= 3) fatal();
  if (points_ == 120 && snapshots_ == 1 && breaks("snapshot-answered-once")) answer_snapshot();
  flush();
  const bool only_info = infos_ > 0 && !initialized_;
  const bool in_message = !in_.empty() && !closing_;
  // Somebody else holds the connection open; the process itself ends.
  if ((only_info && breaks("info-closed")) || (initialized_ && breaks("end-closes"))) {
    if (::fork() == 0) ::alarm(30), hang();
  }
  if ((in_message && breaks("end-in-message")) ||
      (in_batch_ && !closing_ && breaks("end-in-batch")))
    hang();
  ::close(0), ::close(1);
  if ((only_info && breaks("info-process-exits")) || breaks("end-process-exits")) hang();
}

void conversation::handle(std::string_view message) {
  ++requests_;
  ::agent::Request r;
  const bool read = r.ParseFromArray(message.data(), static_cast<int>(message.size()));
  if (!read && message.starts_with("this") && breaks("garbage")) fatal();
  if (!read && message.starts_with("nor") && breaks("neighbour-undisturbed")) fatal();
  if (!read) return error("a damaged message");
  if (message.empty() && breaks("request-empty")) fatal();
  if (r.message_case() != ::agent::Request::MESSAGE_NOT_SET) return handle(r);
  if (!message.empty() && breaks("request-unknown")) fatal();
  error("a request without a message");
}

void conversation::handle(const ::agent::Request& r) {
  const bool data = r.has_point() || r.has_begin() || r.has_end();
  if (r.has_info()) return answer_info();
  if (r.has_keepalive()) return answer_keepalive(r.keepalive().time());
  if (r.has_init()) return answer_init(r.init());
  if (!initialized_) {
    const bool kills = (data && breaks("data-before-init")) ||
                       (r.has_restore() && breaks("restore-before-init")) ||
                       (r.has_snapshot() && breaks("snapshot-before-init"));
    if (kills) fatal();
    return error("it is not initialized");
  }
  if (r.has_snapshot()) return answer_snapshot();
  if (r.has_restore()) return answer_restore(r.restore().snapshot());
  if (r.has_begin()) return take_begin(r.begin());
  if (r.has_end()) return take_end(r.end());
  take_point(r.point());
}

void conversation::answer_info() {
  ++infos_;
  response r;
  auto& info = *r.mutable_info();
  if (batches) info.set_wants(::agent::BATCH), info.set_provides(::agent::BATCH);
  if (breaks("edges-known")) info.set_provides(static_cast<::agent::EdgeType>(7));
  auto& options = *info.mutable_options();
  const auto size_type = breaks("option-types-known") ? 9 : int(::agent::INT);
  options["size"].add_valuetypes(static_cast<::agent::ValueType>(size_type));
  options["flag"].add_valuetypes(::agent::BOOL);
  if (breaks("option-names-usable")) options["quiet"];
  if (breaks("info-stays-the-same")) options["of" + std::to_string(::getpid())];
  say(r);
  if (breaks("info-answered")) say(r);
}

std::string conversation::refusal(const ::agent::InitRequest& init) const {
  for (const auto& o : init.options()) {
    const bool known = o.name() == "size" || o.name() == "flag";
    if (!known && !breaks("init-unknown-option")) return o.name() + " is unknown";
    if (o.name() == "size" && o.values(0).type() != ::agent::INT && !breaks("init-wrong-type")) {
      return "size is no INT";
    }
    if (o.name() == "size" && o.values(0).type() == ::agent::INT && o.values(0).intvalue() < 1) {
      if (breaks("init-strange-values")) hang();
      return "size must be at least 1";
    }
    if (o.name() == "flag" && o.values(0).type() != ::agent::BOOL && !breaks("init-wrong-type")) {
      return "flag is no BOOL";
    }
    if (o.name() == "flag" && o.values(0).value_case() == ::agent::OptionValue::VALUE_NOT_SET) {
      if (breaks("init-without-value")) hang();
      return "flag has no value";
    }
  }
  return breaks("init-accepted") ? "never" : "";
}

void conversation::answer_init(const ::agent::InitRequest& init) {
  if (initialized_ && breaks("init-twice")) fatal();
  if (initialized_) return error("a second init");
  if (init.options_size() == 0 && breaks("init-without-options")) hang();
  if (init.options_size() == 2 && init.options(0).name() == init.options(1).name() &&
      breaks("init-repeated-option")) {
    hang();
  }
  for (int i = 0; i < 500 && shared().stuck && breaks("unread-neighbour"); ++i) ::usleep(10'000);
  const auto why = refusal(init);
  response r;
  if (breaks("init-before-data")) r.mutable_point()->set_name("early"), say(r);
  r.mutable_init()->set_success(why.empty());
  r.mutable_init()->set_error(breaks("init-refusal-says-why") ? "" : why);
  say(r);
  initialized_ = why.empty();
  for (const auto& o : init.options()) {
    if (o.name() == "size") size_ = o.values(0).intvalue();
  }
  closing_ = !initialized_ && !breaks("init-refusal-closes");
}

void conversation::answer_keepalive(std::int64_t time) {
  ++keepalives_;
  if (!initialized_ && breaks("keepalive-before-init")) return error("too early");
  if (in_batch_ && breaks("keepalive-in-batch")) return error("in a batch");
  if (keepalives_ == 3 && points_ == 0 && breaks("keepalive-idle")) hang();
  if (was_stuck_ && breaks("unread-keepalive")) hang();
  response r;
  if (points_ == 0 && keepalives_ == 1 && initialized_ && breaks("init-answered-once")) {
    r.mutable_init()->set_success(true);
    say(r);
  }
  r.mutable_keepalive()->set_time(breaks("keepalive-time") ? 0 : time);
  say(r);
}

void conversation::answer_snapshot() {
  ++snapshots_;
  if (breaks("snapshot-answered")) return error("no snapshots");
  if (in_batch_ && breaks("snapshot-in-batch")) return error("in a batch");
  std::string text = std::to_string(size_) + "\n";
  for (const auto& [group, state] : groups_) {
    text += group + "\t" + std::to_string(state.n) + "\t" + std::to_string(state.sum) + "\n";
  }
  const bool empty = breaks("snapshot-keeps-state") || (restored_ && breaks("restore-again"));
  response r;
  r.mutable_snapshot()->set_snapshot(empty ? "" : text);
  say(r);
  if (breaks("snapshot-amid-data")) groups_.clear();
}

void conversation::answer_restore(const std::string& snapshot) {
  if (snapshot.empty() && breaks("restore-empty")) hang();
  std::map<std::string, group_state> groups;
  std::size_t at = snapshot.find('\n') + 1;
  bool good = at != 0 && snapshot.back() == '\n' && std::isdigit(snapshot.front());
  while (good && at < snapshot.size()) {
    const auto end = snapshot.find('\n', at);
    const auto tab = snapshot.find('\t', at), next = snapshot.find('\t', tab + 1);
    good = next < end;
    if (!good) break;
    groups[snapshot.substr(at, tab - at)] = {std::atoll(snapshot.c_str() + tab),
                                             std::atof(snapshot.c_str() + next)};
    at = end + 1;
  }
  const bool strict = breaks("restore-damaged") || breaks("restore-refusal-closes");
  const bool other = breaks("restore-with-other-options") && std::atoll(snapshot.c_str()) != size_;
  const bool refused = (!good && strict && !snapshot.empty()) || (good && other);
  if (good && !breaks("restore-continues")) groups_ = groups;
  restored_ = true;
  response r;
  r.mutable_restore()->set_success(!refused);
  r.mutable_restore()->set_error(refused ? "it does not fit" : "");
  say(r);
  if (breaks("restore-answered-once")) say(r);
  closing_ = refused && !breaks("restore-refusal-closes");
}

void conversation::take_begin(const ::agent::BeginBatch& b) {
  if (!batches && breaks("data-of-the-other-edge")) fatal();
  if (in_batch_ && breaks("batch-in-batch")) fatal();
  if (!batches || in_batch_) return error("no batch can begin here");
  begin_ = b;
  in_batch_ = true;
  batch_.clear();
}

void conversation::take_point(const point_message& p) {
  if (batches && !in_batch_) return error("a point outside of a batch");
  ++points_;
  complain_of(p);
  if (closing_) return;
  if (batches) return batch_.push_back(answer_to(p));
  const bool lost = points_ == 300 && last_read_ > 20'000 && breaks("many-at-once");
  response r;
  *r.mutable_point() = answer_to(p);
  if (!lost) say(r);
  if (points_ == 8000 && breaks("keepalive-under-load")) ::usleep(2'600'000);
  if (snapshots_ == 1 && points_ == 200) break_responses();
}

void conversation::take_end(const ::agent::EndBatch& e) {
  if (!in_batch_ && breaks("batch-end-alone")) fatal();
  if (!in_batch_) return error("the end of no batch");
  in_batch_ = false;
  const auto n = batch_.size();
  if (n == 0 && breaks("batch-empty")) return error("nothing there");
  if (n == 1 && breaks("batch-sizes")) return error("only one");
  if (begin_.size() != static_cast<std::int64_t>(n) && breaks("batch-size-unknown")) {
    return error("not as many as announced");
  }
  response r;
  *r.mutable_begin() = begin_;
  r.mutable_begin()->set_size(static_cast<std::int64_t>(n));
  say(r);
  if (snapshots_ == 1 && points_ == 200 && breaks("batch-ends")) say(r);
  for (const auto& p : batch_) *r.mutable_point() = p, say(r);
  *r.mutable_end() = e;
  if (breaks("batch-time-kept")) r.mutable_end()->set_tmax(0);
  if (batches && breaks("groups-kept")) r.mutable_end()->clear_tags();
  if (batches && breaks("name-kept")) r.mutable_end()->clear_name();
  say(r);
}

/// What a function has no reason to mind.
void conversation::complain_of(const point_message& p) {
  const auto value = p.fieldsdouble().find("value");
  const double x = value == p.fieldsdouble().end() ? 0 : value->second;
  const bool none = p.fieldsdouble().empty() && p.fieldsint().empty() && p.fieldsstring().empty() &&
                    p.fieldsbool().empty();
  const auto tag_missing = [&] { return p.dimensions_size() == 2 && !p.tags().contains("site"); };
  const auto is_back = [&] {
    constexpr std::int64_t second = 1'000'000'000, lowest = 1'500'000'000 * second;
    const bool usual = p.time() > lowest && last_time_ > lowest && last_time_ < 2 * lowest;
    return usual && last_time_ - p.time() >= second && last_time_ - p.time() < 20 * second;
  };
  const std::pair<const char*, bool> minds[] = {
      {"data-taken", points_ == 50},
      {"field-string", p.fieldsstring().contains("value")},
      {"field-bool", p.fieldsbool().contains("value")},
      {"fields-none", none},
      {"fields-of-every-type", p.fieldsbool().contains("a_bool")},
      {"numbers-extreme", x == std::numeric_limits<double>::max()},
      {"numbers-not-finite", std::isnan(x)},
      {"texts-of-any-kind", p.tags().contains("tag line\nend")},
      {"group-none", p.dimensions_size() == 0},
      {"group-by-measurement", p.byname()},
      {"group-tag-missing", tag_missing()},
      {"groups-many", groups_.size() > 100},
      {"times-extreme", p.time() < 0},
      {"times-out-of-order", is_back()},
  };
  for (const auto& [rule, odd] : minds) {
    if (odd && breaks(rule)) error("it is too much");
  }
  last_time_ = p.time();
}

point_message conversation::answer_to(const point_message& p) {
  auto& state = groups_[p.group()];
  const auto real = p.fieldsdouble().find("value");
  const auto whole = p.fieldsint().find("value");
  const bool is_real = real != p.fieldsdouble().end();
  const bool is_whole = whole != p.fieldsint().end() && !breaks("field-int");
  state.n += is_real || is_whole || breaks("field-missing");
  if (is_real && std::isfinite(real->second)) state.sum += real->second / 1000;
  if (is_whole) state.sum += static_cast<double>(whole->second) / 1000;
  point_message out = p;
  out.clear_fieldsdouble(), out.clear_fieldsint(), out.clear_fieldsstring(), out.clear_fieldsbool();
  (*out.mutable_fieldsint())["n"] = state.n;
  (*out.mutable_fieldsdouble())["sum"] = state.sum;
  if (shared().open > 10 && breaks("connections-independent")) (*out.mutable_fieldsint())["n"] = -1;
  if (is_real && real->second >= 1e308 && breaks("numbers-finite")) {
    (*out.mutable_fieldsdouble())["sum"] = std::numeric_limits<double>::infinity();
  }
  if (breaks("groups-kept")) out.clear_dimensions();
  if (breaks("name-kept")) out.clear_name();
  if (breaks("database-kept")) out.clear_database();
  if (breaks("fields-present")) out.clear_fieldsdouble(), out.clear_fieldsint();
  if (breaks("fields-of-one-type")) (*out.mutable_fieldsstring())["n"] = "n";
  return out;
}

/// Once in a conversation, behind its snapshot.
void conversation::break_responses() {
  response r;
  if (breaks("length-honest")) say_bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  if (breaks("response-intact")) say_bytes("\x05\x0a\x7fxyz");
  if (breaks("response-not-empty")) say_bytes(std::string_view("\0", 1));
  if (breaks("response-asked-for")) r.mutable_restore()->set_success(true), say(r);
  if (breaks("texts-are-utf8")) say_bytes("\x08\x8a\x01\x05\x12\x03\xff\xfe\xfd");
  if (breaks("batch-size-sane")) r.mutable_begin()->set_size(-5), say(r);
  if (breaks("batch-begins")) r.mutable_end(), say(r);
  if (breaks("data-as-declared")) r.mutable_begin(), say(r);
}

int serve() {
  ::signal(SIGPIPE, SIG_IGN);
  return conversation().run();
}

}  // namespace

int main(int argc, char** argv) {
  broken = argc > 1 ? argv[1] : "none";
  std::string path;
  for (int i = 2; i < argc; ++i) {
    if (std::string_view(argv[i]) == "batch") {
      batches = true;
    } else {
      path = argv[i];
    }
  }
  if (path.empty()) return serve();
  breaker::listen(path, serve);
}
