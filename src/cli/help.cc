#include "cli/help.h"

#include <sstream>
#include <string>

namespace facecascade::cli {
namespace {

constexpr std::size_t kNameColumns = 26;
constexpr std::size_t kTextColumns = 100 - kNameColumns;

std::string Wrap(const std::string& text) {
  std::istringstream words(text);
  std::string word;
  std::string wrapped;
  std::size_t column = 0;
  while (words >> word) {
    if (column > 0 && column + 1 + word.size() > kTextColumns) {
      wrapped += '\n';
      column = 0;
    } else if (column > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += word.size();
  }
  return wrapped;
}

class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(kNameColumns); }

  // The kind of value without the checks, which the descriptions tell in words.
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0 || option->get_positional()) return {};
    const std::string type = option->get_type_name();
    return " " + type.substr(0, type.find(':'));
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    const std::string standard = option->get_default_str();
    return Wrap(option->get_description() +
                (standard.empty() ? "" : " (default: " + standard + ")"));
  }
};

}  // namespace

std::shared_ptr<CLI::Formatter> MakeHelpFormatter() { return std::make_shared<HelpFormatter>(); }

}  // namespace facecascade::cli
