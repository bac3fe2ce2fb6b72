#include "compiler/json/pattern.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace cambium::json {
namespace {

using Op = Pattern::Op;
using Set = Pattern::Set;
using Step = Pattern::Step;

constexpr char32_t kLast = 0x10FFFF;
constexpr size_t kMostSteps = 20'000;
constexpr unsigned kDeepest = 100;

// Bytes that are no UTF-8 count as one character each; what comes from a source never has them.
std::vector<char32_t> codePoints(std::string_view text) {
  std::vector<char32_t> out;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (size_t k = 1; k < length && i + k < text.size(); ++k)
      c = (c << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    out.push_back(c);
    i += length;
  }
  return out;
}

bool isWord(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

const Set kDigits{{{'0', '9'}}, false};
const Set kWords{{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}, false};
const Set kBlanks{{{'\t', '\r'},
                   {' ', ' '},
                   {0xA0, 0xA0},
                   {0x1680, 0x1680},
                   {0x2000, 0x200A},
                   {0x2028, 0x2029},
                   {0x202F, 0x202F},
                   {0x205F, 0x205F},
                   {0x3000, 0x3000},
                   {0xFEFF, 0xFEFF}},
                  false};
const Set kAny{{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}, true};

Set negated(const Set& set) {
  Set out;
  char32_t from = 0;
  for (const auto& [low, high] : set.ranges) {
    if (low > from) out.ranges.emplace_back(from, low - 1);
    from = high + 1;
  }
  out.ranges.emplace_back(from, kLast);
  return out;
}

struct Node {
  enum class Kind : uint8_t {
    nothing,
    set,
    both,
    either,
    repeat,
    begin,
    end,
    wordEdge,
    noWordEdge
  };
  Kind kind = Kind::nothing;
  uint32_t set = 0;
  std::vector<uint32_t> parts;
  unsigned least = 0, most = 0;  // repeat; most 0 = without end
};

class Compiler {
public:
  explicit Compiler(std::string_view text) : in_(codePoints(text)) {}

  bool run() {
    const auto root = alternatives(0);
    if (!root) return false;
    if (at_ < in_.size()) return fail("a `)` that closes nothing"), false;
    if (!emit(*root)) return false;
    return add({Op::match});
  }

  std::vector<Set> sets;
  std::vector<Step> steps;
  std::string error;

private:
  using Made = std::optional<uint32_t>;

  Made fail(std::string what) {
    if (error.empty()) error = std::move(what);
    return std::nullopt;
  }
  bool more() const { return at_ < in_.size(); }
  char32_t here() const { return more() ? in_[at_] : U'\0'; }
  bool take(char32_t c) { return more() && in_[at_] == c && ++at_; }

  uint32_t node(Node n) {
    nodes_.push_back(std::move(n));
    return uint32_t(nodes_.size() - 1);
  }
  uint32_t setNode(Set set) {
    sets.push_back(std::move(set));
    Node n;
    n.kind = Node::Kind::set;
    n.set = uint32_t(sets.size() - 1);
    return node(std::move(n));
  }
  uint32_t plainNode(Node::Kind kind) {
    Node n;
    n.kind = kind;
    return node(std::move(n));
  }

  Made alternatives(unsigned depth) {
    if (depth > kDeepest) return fail("parentheses nested too deep");
    Node out;
    out.kind = Node::Kind::either;
    do {
      const auto one = sequence(depth);
      if (!one) return std::nullopt;
      out.parts.push_back(*one);
    } while (take('|'));
    return node(std::move(out));
  }

  Made sequence(unsigned depth) {
    Node out;
    out.kind = Node::Kind::both;
    while (more() && here() != '|' && here() != ')') {
      const auto one = repeated(depth);
      if (!one) return std::nullopt;
      out.parts.push_back(*one);
    }
    return node(std::move(out));
  }

  Made repeated(unsigned depth) {
    const auto inner = atom(depth);
    if (!inner) return std::nullopt;
    Node out;
    out.kind = Node::Kind::repeat;
    out.parts = {*inner};
    if (take('*')) {
    } else if (take('+')) {
      out.least = 1;
    } else if (take('?')) {
      out.most = 1;
    } else if (take('{')) {
      const auto least = count();
      if (!least) return fail("a `{` that begins no `{n}`, `{n,}` or `{n,m}`: write `\\{`");
      out.least = *least;
      out.most = *least;
      bool never = *least == 0;
      if (take(',')) {
        const auto most = count();
        out.most = most ? *most : 0;
        never = most && *most == 0;
        if (most && *most < *least)
          return fail("`{n,m}` with less at the end than at the beginning");
      }
      if (!take('}')) return fail("a `{` that begins no `{n}`, `{n,}` or `{n,m}`: write `\\{`");
      if (never) return take('?'), plainNode(Node::Kind::nothing);
    } else {
      return inner;
    }
    take('?');  // as few as possible: the same texts match
    if (here() == '*' || here() == '+' || here() == '?' || here() == '{')
      return fail("a repetition of a repetition: put the first one between parentheses");
    return node(std::move(out));
  }

  std::optional<unsigned> count() {
    unsigned value = 0;
    const size_t first = at_;
    while (here() >= '0' && here() <= '9') {
      value = std::min(value * 10 + unsigned(here() - '0'), 1'000'000u);
      ++at_;
    }
    return at_ == first ? std::nullopt : std::optional(value);
  }

  Made atom(unsigned depth) {
    const char32_t c = in_[at_++];
    switch (c) {
      case '(': {
        if (take('?') && !take(':'))
          return fail("look-ahead, look-behind and named groups are not supported");
        const auto inner = alternatives(depth + 1);
        if (!inner) return std::nullopt;
        if (!take(')')) return fail("a `(` that is never closed");
        return inner;
      }
      case '^': return plainNode(Node::Kind::begin);
      case '$': return plainNode(Node::Kind::end);
      case '.': return setNode(kAny);
      case '[': return characterClass();
      case '*':
      case '+':
      case '?':
      case '{': return fail(fmt::format("a `{}` with nothing before it", char(c)));
      case '\\':
        if (take('b')) return plainNode(Node::Kind::wordEdge);
        if (take('B')) return plainNode(Node::Kind::noWordEdge);
        if (auto set = escape()) return setNode(std::move(*set));
        return std::nullopt;
      default: return setNode({{{c, c}}, false});
    }
  }

  // After the backslash.
  std::optional<Set> escape() {
    if (!more()) return fail("a `\\` at the end"), std::nullopt;
    const char32_t c = in_[at_++];
    const auto one = [](char32_t x) { return std::optional(Set{{{x, x}}, false}); };
    switch (c) {
      case 'd': return kDigits;
      case 'D': return negated(kDigits);
      case 'w': return kWords;
      case 'W': return negated(kWords);
      case 's': return kBlanks;
      case 'S': return negated(kBlanks);
      case 't': return one('\t');
      case 'n': return one('\n');
      case 'r': return one('\r');
      case 'f': return one('\f');
      case 'v': return one('\v');
      case '0':
        if (here() < '0' || here() > '9') return one(0);
        break;
      case 'x': return hexadecimal(2);
      case 'u':
        if (!take('{')) return hexadecimal(4);
        return hexadecimal(0);
      default:
        if (c > 0x7F || !isWord(c)) return one(c);
        break;
    }
    if (c >= '0' && c <= '9') return fail("a reference to a group is not supported"), std::nullopt;
    return fail(fmt::format("`\\{}` is not supported", char(c))), std::nullopt;
  }

  std::optional<Set> hexadecimal(unsigned digits) {
    char32_t value = 0;
    unsigned read = 0;
    for (; (digits ? read < digits : here() != '}') && more(); ++read, ++at_) {
      const char32_t c = here();
      const int digit = c >= '0' && c <= '9'   ? int(c - '0')
                        : c >= 'a' && c <= 'f' ? int(c - 'a') + 10
                        : c >= 'A' && c <= 'F' ? int(c - 'A') + 10
                                               : -1;
      if (digit < 0 || value > kLast) break;
      value = value * 16 + char32_t(digit);
    }
    if ((digits ? read != digits : !read || !take('}')) || value > kLast)
      return fail("a character code that is none"), std::nullopt;
    return Set{{{value, value}}, false};
  }

  Made characterClass() {
    Set out;
    out.negated = take('^');
    while (more() && here() != ']') {
      auto low = classItem();
      if (!low) return std::nullopt;
      const bool range = here() == '-' && at_ + 1 < in_.size() && in_[at_ + 1] != ']';
      if (!range) {
        out.ranges.insert(out.ranges.end(), low->ranges.begin(), low->ranges.end());
        continue;
      }
      ++at_;
      const auto high = classItem();
      if (!high) return std::nullopt;
      const bool single = low->ranges.size() == 1 && high->ranges.size() == 1 &&
                          low->ranges[0].first == low->ranges[0].second &&
                          high->ranges[0].first == high->ranges[0].second;
      if (!single || low->ranges[0].first > high->ranges[0].first)
        return fail("a range between `[` and `]` that goes backwards");
      out.ranges.emplace_back(low->ranges[0].first, high->ranges[0].first);
    }
    if (!take(']')) return fail("a `[` that is never closed");
    return setNode(std::move(out));
  }

  std::optional<Set> classItem() {
    const char32_t c = in_[at_++];
    if (c != '\\') return Set{{{c, c}}, false};
    if (take('b')) return Set{{{'\b', '\b'}}, false};
    if (take('-')) return Set{{{'-', '-'}}, false};
    return escape();
  }

  // ---- the steps of a machine
  bool add(Step step) {
    if (steps.size() >= kMostSteps) return fail("it is too large"), false;
    steps.push_back(step);
    return true;
  }
  uint32_t next() const { return uint32_t(steps.size()); }

  bool emit(uint32_t id) {
    switch (nodes_[id].kind) {
      case Node::Kind::nothing: return true;
      case Node::Kind::set: return add({Op::set, nodes_[id].set});
      case Node::Kind::begin: return add({Op::begin});
      case Node::Kind::end: return add({Op::end});
      case Node::Kind::wordEdge: return add({Op::wordEdge});
      case Node::Kind::noWordEdge: return add({Op::noWordEdge});
      case Node::Kind::both:
        return std::ranges::all_of(nodes_[id].parts, [&](uint32_t part) { return emit(part); });
      case Node::Kind::either: return either(nodes_[id].parts);
      case Node::Kind::repeat: return repeat(nodes_[id]);
    }
    return false;
  }

  bool either(const std::vector<uint32_t>& parts) {
    std::vector<uint32_t> jumps;
    for (size_t i = 0; i < parts.size(); ++i) {
      const uint32_t split = next();
      const bool last = i + 1 == parts.size();
      if (!last && !add({Op::split, split + 1})) return false;
      if (!emit(parts[i])) return false;
      if (last) break;
      jumps.push_back(next());
      if (!add({Op::jump})) return false;
      steps[split].b = next();
    }
    for (const uint32_t jump : jumps) steps[jump].a = next();
    return true;
  }

  bool repeat(const Node& n) {
    for (unsigned i = 0; i < n.least; ++i) {
      const size_t before = steps.size();
      if (!emit(n.parts[0])) return false;
      if (steps.size() == before) return true;  // nothing, however often
    }
    if (n.most == 0) {
      const uint32_t split = next();
      if (!add({Op::split, split + 1}) || !emit(n.parts[0]) || !add({Op::jump, split}))
        return false;
      steps[split].b = next();
      return true;
    }
    std::vector<uint32_t> splits;
    for (unsigned i = n.least; i < n.most; ++i) {
      splits.push_back(next());
      if (!add({Op::split, next() + 1}) || !emit(n.parts[0])) return false;
    }
    for (const uint32_t split : splits) steps[split].b = next();
    return true;
  }

  std::vector<char32_t> in_;
  size_t at_ = 0;
  std::vector<Node> nodes_;
};

}  // namespace

bool Pattern::Set::has(char32_t c) const {
  return negated !=
         std::ranges::any_of(ranges, [&](const auto& r) { return r.first <= c && c <= r.second; });
}

Result<Pattern> Pattern::compile(std::string_view text) {
  Compiler compiler(text);
  if (!compiler.run()) return Failure{compiler.error};
  Pattern out;
  out.sets_ = std::move(compiler.sets);
  out.steps_ = std::move(compiler.steps);
  return out;
}

bool Pattern::search(std::string_view text) const {
  const auto in = codePoints(text);
  std::vector<uint32_t> now, after, stack;
  std::vector<size_t> seen(steps_.size(), ~size_t{0});
  bool found = false;
  // Adds a state and all that is reached from it without a character, at position `at`.
  const auto enter = [&](uint32_t first, size_t at, std::vector<uint32_t>& list) {
    stack = {first};
    while (!stack.empty()) {
      const uint32_t s = stack.back();
      stack.pop_back();
      if (seen[s] == at) continue;
      seen[s] = at;
      const Step& step = steps_[s];
      const bool left = at > 0 && isWord(in[at - 1]), right = at < in.size() && isWord(in[at]);
      switch (step.op) {
        case Op::set: list.push_back(s); break;
        case Op::match: found = true; break;
        case Op::jump: stack.push_back(step.a); break;
        case Op::split:
          stack.push_back(step.b);
          stack.push_back(step.a);
          break;
        case Op::begin:
          if (at == 0) stack.push_back(s + 1);
          break;
        case Op::end:
          if (at == in.size()) stack.push_back(s + 1);
          break;
        case Op::wordEdge:
          if (left != right) stack.push_back(s + 1);
          break;
        case Op::noWordEdge:
          if (left == right) stack.push_back(s + 1);
          break;
      }
    }
  };
  for (size_t at = 0; at <= in.size(); ++at) {
    enter(0, at, now);
    if (found) return true;
    if (at == in.size()) break;
    after.clear();
    for (const uint32_t s : now)
      if (sets_[steps_[s].a].has(in[at])) enter(s + 1, at + 1, after);
    if (found) return true;
    now.swap(after);
  }
  return false;
}

}  // namespace cambium::json
