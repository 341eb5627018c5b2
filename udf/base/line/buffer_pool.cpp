#include "base/line/buffer_pool.hpp"

#include <utility>

namespace kapacitor {

std::shared_ptr<std::string> buffer_pool::take(std::size_t size) {
  std::unique_ptr<std::string> text;
  if (shelf_->empty()) {
    text = std::make_unique<std::string>();
  } else {
    text = std::move(shelf_->back());
    shelf_->pop_back();
  }
  if (text->size() < size) text->resize(size);
  return {text.release(), [shelf = shelf_](std::string* used) {
            std::unique_ptr<std::string> back(used);
            if (shelf->size() < most_kept) shelf->push_back(std::move(back));
          }};
}

}  // namespace kapacitor
