#include "describe/wrap.hpp"

#include "describe/wording.hpp"

namespace kapacitor::udf::server {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

bool is_list_point(std::string_view line) {
  return line.starts_with("- ") || line.starts_with("* ");
}
bool stays(std::string_view line) {
  return line.starts_with("    ") || line.starts_with("|");
}

/// Of code, of bold text, or before a character that is to be taken as it is.
bool is_mark(std::string_view text) {
  return text[0] == '`' || text.starts_with("**") || text.starts_with("\\_") ||
         text.starts_with("\\|") || text.starts_with("\\*");
}

/// The paragraph that is being put together, a line at a time.
class paragraph {
 public:
  explicit paragraph(std::size_t width) : width_(width) {}

  void take(std::string_view line) {
    while (!line.empty()) {
      const auto end = line.find(' ');
      add(line.substr(0, end));
      line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
  }
  void hang(std::size_t by) { hanging_ = by; }
  void end() {
    if (!line_.empty()) text_ += line_ + "\n";
    line_.clear();
    hanging_ = 0;
  }
  void as_it_is(std::string_view line) {
    end();
    text_.append(line) += '\n';
  }
  std::string text() && { return std::move(text_); }

 private:
  void add(std::string_view word) {
    if (word.empty()) return;
    if (!line_.empty() && characters(line_) + 1 + characters(word) > width_) {
      text_ += line_ + "\n";
      line_.assign(hanging_, ' ');
      line_ += word;
    } else {
      if (!line_.empty()) line_ += ' ';
      line_ += word;
    }
  }

  std::size_t width_, hanging_ = 0;
  std::string text_, line_;
};

}  // namespace

std::string plain(std::string_view markdown) {
  std::string text;
  for (std::size_t i = 0; i < markdown.size(); ++i) {
    const char c = markdown[i];
    const auto middle = c == '[' ? markdown.find("](", i) : std::string_view::npos;
    const auto end = middle == std::string_view::npos ? middle : markdown.find(')', middle);
    if (end != std::string_view::npos && markdown.find('\n', i) > end) {
      text += plain(markdown.substr(i + 1, middle - i - 1));
      i = end;
    } else if (is_mark(markdown.substr(i))) {
      if (c == '*') ++i;
    } else {
      text += c;
    }
  }
  return text;
}

std::string wrapped(std::string_view text, std::size_t width) {
  paragraph p(width);
  for (const auto line : lines_of(text)) {
    if (line.empty() || stays(line)) {
      p.as_it_is(line);
      continue;
    }
    if (is_list_point(line)) {
      p.end();
      p.hang(2);
    }
    p.take(line);
  }
  p.end();
  return std::move(p).text();
}

std::string indented(std::string_view text, std::size_t by) {
  std::string result;
  for (const auto line : lines_of(text)) {
    if (!line.empty()) result.append(by, ' ').append(line);
    result += '\n';
  }
  return result;
}

}  // namespace kapacitor::udf::server
