#include "compiler/artifact/json_writer.h"
#include "compiler/base/json_text.h"

#include <fmt/core.h>
#include <llvm/Support/JSON.h>

namespace cambium::artifact {
namespace {

// One past the string that starts at `at`.
size_t endOfString(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return at + 1;
}

// For each position of an opening bracket (in order of occurrence) one past its closing one.
std::vector<size_t> containerEnds(std::string_view text) {
  std::vector<size_t> ends, open;
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '"': i = endOfString(text, i) - 1; break;
      case '{':
      case '[':
        open.push_back(ends.size());
        ends.push_back(0);
        break;
      case '}':
      case ']':
        ends[open.back()] = i + 1;
        open.pop_back();
        break;
      default: break;
    }
  }
  return ends;
}

}  // namespace

void JsonWriter::separate() {
  if (!first_ && !afterKey_) out_ += ',';
  first_ = false;
  afterKey_ = false;
}

void JsonWriter::open(char c) {
  separate();
  out_ += c;
  lastKeys_.emplace_back();
  first_ = true;
}

void JsonWriter::close(char c) {
  out_ += c;
  lastKeys_.pop_back();
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  assert(lastKeys_.back() < name || (lastKeys_.back().empty() && name.empty()));
  lastKeys_.back() = name;
  separate();
  appendJsonQuoted(out_, name);
  out_ += ':';
  afterKey_ = true;
}

void JsonWriter::string(std::string_view text) {
  separate();
  // Sources are checked to be UTF-8; a name found in a foreign database may not be.
  if (llvm::json::isUTF8(text))
    appendJsonQuoted(out_, text);
  else
    appendJsonQuoted(out_, llvm::json::fixUTF8(text));
}

void JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
}

void JsonWriter::integer(uint64_t value) {
  separate();
  out_ += std::to_string(value);
}

std::string prettyJson(std::string_view text, size_t width) {
  const std::vector<size_t> ends = containerEnds(text);
  std::string out;
  out.reserve(text.size() * 2);
  size_t container = 0, indent = 0, lineStart = 0;
  size_t inlineUntil = 0;  // inside a container that stays on its line
  const auto newLine = [&] {
    out += '\n';
    lineStart = out.size();
    out.append(2 * indent, ' ');
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '"': {
        const size_t end = endOfString(text, i);
        out += text.substr(i, end - i);
        i = end - 1;
        break;
      }
      case '{':
      case '[': {
        const size_t end = ends[container++];
        out += c;
        if (i < inlineUntil) break;
        // Blanks after commas and colons are not in the compact text: an eighth more is a fair
        // guess.
        const size_t length = (end - i) + (end - i) / 8;
        if (end == i + 2 || (indent > 0 && out.size() - lineStart + length < width)) {
          inlineUntil = end;
        } else {
          ++indent;
          newLine();
        }
        break;
      }
      case '}':
      case ']':
        if (i >= inlineUntil) {
          --indent;
          newLine();
        }
        out += c;
        break;
      case ',':
        out += c;
        if (i < inlineUntil)
          out += ' ';
        else
          newLine();
        break;
      case ':': out += ": "; break;
      default: out += c;
    }
  }
  return out += '\n';
}

}  // namespace cambium::artifact
