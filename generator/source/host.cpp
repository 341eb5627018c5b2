#include "source/host.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <locale>
#include <sstream>
#include <utility>
#include <vector>

#include "base/line/escape.hpp"
#include "base/line/number.hpp"
#include "base/text/error.hpp"

namespace kapacitor::generator {
namespace {

constexpr const char* cpu_fields[] = {"usage_user",   "usage_system", "usage_idle",
                                      "usage_iowait", "usage_irq",    "usage_steal"};

/// The lines of a file, each cut into words; `:` counts as a space.
std::vector<std::vector<std::string>> read_words(const std::string& path) {
  std::vector<std::vector<std::string>> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::replace(line.begin(), line.end(), ':', ' ');
    std::istringstream text(line);
    auto& words = lines.emplace_back();
    for (std::string word; text >> word;) words.push_back(word);
  }
  return lines;
}

std::uint64_t number(const std::string& word) {
  return std::strtoull(word.c_str(), nullptr, 10);
}

double decimal(const std::string& word) {
  std::istringstream text(word);
  text.imbue(std::locale::classic());
  double value = 0;
  text >> value;
  return value;
}

/// Fields of a line, separated as they must be.
class field_list {
 public:
  explicit field_list(std::string& line) : line_(line) {}
  void add(std::string_view name, double value) {
    char text[longest_number];
    begin(name).append(text, write_decimal(text, value, 2));
  }
  void add(std::string_view name, std::uint64_t value) {
    char text[longest_number];
    begin(name).append(text, write_integer(text, static_cast<std::int64_t>(value))) += 'i';
  }

 private:
  std::string& begin(std::string_view name) {
    line_ += separator_;
    separator_ = ',';
    return line_.append(name) += '=';
  }
  std::string& line_;
  char separator_ = ' ';
};

std::string own_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] ? name : "localhost";
}

}  // namespace

host_source::host_source(std::string proc, std::string host)
    : proc_(std::move(proc)), host_(host.empty() ? own_name() : std::move(host)) {
  std::string lines;
  add_cpus(lines);  // what usage is counted from
  if (cpus_.empty()) throw usage_error("--scenario host: cannot read " + proc_ + "/stat");
  add_memory(lines);
  add_load(lines);
  add_network(lines);
  points_ = static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
}

void host_source::produce(const tick& t, range, batcher& out) {
  std::string lines;
  add_cpus(lines);
  add_memory(lines);
  add_load(lines);
  add_network(lines);
  std::size_t start = 0;
  for (std::size_t end = 0; (end = lines.find('\n', start)) != std::string::npos; start = end + 1) {
    char* to = out.begin_line(end - start + 32);
    to = std::copy(lines.data() + start, lines.data() + end, to);
    *to++ = ' ';
    to = write_integer(to, t.time);
    *to++ = '\n';
    out.end_line(to);
  }
}

std::string host_source::head(std::string_view measurement, std::string_view tag,
                              std::string_view value) const {
  std::string line(measurement);
  const auto add = [&line](std::string_view name, std::string_view text) {
    if (!name.empty()) line.append(",").append(name).append("=").append(escape_key(text));
  };
  if (tag < "host") add(tag, value);
  add("host", host_);
  if (tag >= "host") add(tag, value);
  return line;
}

void host_source::add_cpus(std::string& lines) {
  for (const auto& w : read_words(proc_ + "/stat")) {
    if (w.size() < 9 || w[0].rfind("cpu", 0) != 0) continue;
    const cpu_times now{number(w[1]) + number(w[2]), number(w[3]), number(w[4]), number(w[5]),
                        number(w[6]) + number(w[7]), number(w[8])};
    auto& cpu = cpus_[w[0] == "cpu" ? "cpu-total" : w[0]];
    cpu_times spent{};
    double total = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
      // The kernel's iowait is known to step back a little at times.
      spent[i] = now[i] > cpu.before[i] ? now[i] - cpu.before[i] : 0;
      total += static_cast<double>(spent[i]);
    }
    // Between two ticks of the kernel's clock nothing has been spent: what was found last stands.
    for (std::size_t i = 0; i < now.size() && total > 0; ++i) {
      cpu.percent[i] = 100 * static_cast<double>(spent[i]) / total;
    }
    cpu.before = now;
    lines += head("cpu", "cpu", w[0] == "cpu" ? "cpu-total" : w[0]);
    field_list fields(lines);
    for (std::size_t i = 0; i < now.size(); ++i) fields.add(cpu_fields[i], cpu.percent[i]);
    lines += '\n';
  }
}

void host_source::add_memory(std::string& lines) const {
  std::map<std::string, std::uint64_t> kib;
  for (const auto& w : read_words(proc_ + "/meminfo")) {
    if (w.size() >= 2) kib[w[0]] = number(w[1]);
  }
  const auto total = kib["MemTotal"];
  if (total == 0) return;
  const auto available = std::min(total, kib["MemAvailable"]);
  lines += head("mem");
  field_list fields(lines);
  fields.add("used_percent",
             100 * static_cast<double>(total - available) / static_cast<double>(total));
  fields.add("total", total * 1024);
  fields.add("available", available * 1024);
  fields.add("used", (total - available) * 1024);
  fields.add("free", kib["MemFree"] * 1024);
  fields.add("cached", kib["Cached"] * 1024);
  lines += '\n';
}

void host_source::add_load(std::string& lines) const {
  const auto words = read_words(proc_ + "/loadavg");
  if (words.empty() || words[0].size() < 3) return;
  lines += head("load");
  field_list fields(lines);
  fields.add("load1", decimal(words[0][0]));
  fields.add("load5", decimal(words[0][1]));
  fields.add("load15", decimal(words[0][2]));
  lines += '\n';
}

void host_source::add_network(std::string& lines) const {
  for (const auto& w : read_words(proc_ + "/net/dev")) {
    if (w.size() != 17) continue;  // the two lines of headings
    lines += head("net", "interface", w[0]);
    field_list fields(lines);
    fields.add("bytes_recv", number(w[1]));
    fields.add("packets_recv", number(w[2]));
    fields.add("err_in", number(w[3]));
    fields.add("drop_in", number(w[4]));
    fields.add("bytes_sent", number(w[9]));
    fields.add("packets_sent", number(w[10]));
    fields.add("err_out", number(w[11]));
    fields.add("drop_out", number(w[12]));
    lines += '\n';
  }
}

}  // namespace kapacitor::generator
