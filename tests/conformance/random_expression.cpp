#include "tests/conformance/random_expression.h"

#include <fmt/core.h>

#include <vector>

namespace cambium::testing {
namespace {

class Generator {
public:
  explicit Generator(uint64_t seed) : state_(seed * 2654435761u + 1) {}

  std::string any() {
    switch (below(5)) {
      case 0: return whole(4);
      case 1: return decimal(4);
      case 2: return text(4);
      case 3: return date(3);
      default: return truth(4);
    }
  }

private:
  size_t below(size_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return size_t(state_ >> 33) % n;
  }
  std::string one(const std::vector<std::string>& of) { return of[below(of.size())]; }

  std::string whole(int depth) {
    if (depth <= 0) return one({"c1", "c2", "h1", "c0", "c1"});
    const auto a = [&] { return whole(depth - 1); };
    switch (below(16)) {
      case 0: return fmt::format("({} + {})", a(), a());
      case 1: return fmt::format("({} - {})", a(), a());
      case 2: return fmt::format("{} * ({})", one({"2", "-3", "c2"}), a());
      case 3: return fmt::format("({}) / ({})", a(), a());
      case 4: return fmt::format("({}) % ({})", a(), a());
      case 5: return fmt::format("-({})", a());
      case 6: return fmt::format("abs({})", a());
      case 7: return fmt::format("coalesce({}, {})", a(), a());
      case 8: return fmt::format("case when {} then {} else {} end", truth(depth - 1), a(), a());
      case 9: return fmt::format("{}({}, {})", one({"least", "greatest"}), a(), a());
      case 10: return fmt::format("length({})", text(depth - 1));
      case 11: return fmt::format("position({}, {})", text(depth - 1), text(depth - 1));
      case 12: return fmt::format("{}({})", one({"year", "month", "day"}), date(depth - 1));
      case 13: return fmt::format("to_int64({})", one({text(depth - 1), decimal(depth - 1)}));
      case 14: return fmt::format("nullif({}, {})", a(), a());
      default: return fmt::format("sign({})", decimal(depth - 1));
    }
  }

  std::string decimal(int depth) {
    if (depth <= 0) return one({"d1", "d2", "q1", "d0"});
    const auto a = [&] { return decimal(depth - 1); };
    switch (below(10)) {
      case 0: return fmt::format("({} + {})", a(), a());
      case 1: return fmt::format("({} - {})", a(), one({a(), whole(depth - 1)}));
      case 2: return fmt::format("({}) * {}", a(), one({"2", "0.5", "c1", "-1.05"}));
      case 3: return fmt::format("({}) / ({})", a(), one({a(), whole(depth - 1), "3"}));
      case 4: return fmt::format("round({}, {})", a(), below(4));
      case 5: return fmt::format("{}({})", one({"abs", "floor", "ceil"}), a());
      case 6: return fmt::format("coalesce({}, {})", a(), one({a(), "0", "1.5"}));
      case 7: return fmt::format("case when {} then {} else {} end", truth(depth - 1), a(), a());
      case 8: return fmt::format("{}({}, {})", one({"least", "greatest"}), a(), a());
      default: return fmt::format("-({})", a());
    }
  }

  std::string text(int depth) {
    if (depth <= 0) return one({"s1", "s2", "s3", "s0", "v1", "n1"});
    const auto a = [&] { return text(depth - 1); };
    switch (below(12)) {
      case 0: return fmt::format("concat({}, {})", a(), a());
      case 1: return fmt::format("{}({})", one({"lower", "upper", "trim"}), a());
      case 2: return fmt::format("{}({}, {})", one({"left", "right"}), a(), whole(depth - 1));
      case 3: return fmt::format("substring({}, {})", a(), whole(depth - 1));
      case 4: return fmt::format("substring({}, {}, {})", a(), whole(0), whole(depth - 1));
      case 5: return fmt::format("replace({}, {}, {})", a(), text(0), text(0));
      case 6: return fmt::format("coalesce({}, {})", a(), one({a(), "\"\"", "\"é\""}));
      case 7: return fmt::format("case when {} then {} else {} end", truth(depth - 1), a(), a());
      case 8: return fmt::format("to_string({})", one({whole(depth - 1), truth(depth - 1)}));
      case 9: return fmt::format("to_string({})", one({decimal(depth - 1), date(depth - 1)}));
      case 10: return fmt::format("split_part({}, {}, {})", a(), text(0), 1 + below(2));
      default: return fmt::format("pad_left({}, {}, {})", a(), 1 + below(6), text(0));
    }
  }

  std::string date(int depth) {
    if (depth <= 0) return one({"a1", "a2", "a0"});
    const auto a = [&] { return date(depth - 1); };
    switch (below(6)) {
      case 0: return fmt::format("add_days({}, {})", a(), one({"1", "-30", "c1"}));
      case 1: return fmt::format("add_months({}, {})", a(), one({"1", "-13", "c1"}));
      case 2: return fmt::format("{}({})", one({"start_of_month", "start_of_year"}), a());
      case 3: return fmt::format("coalesce({}, {})", a(), a());
      case 4: return fmt::format("case when {} then {} else {} end", truth(depth - 1), a(), a());
      default: return one({"to_date(t0)", "to_date(x1)", "to_date(l1)"});
    }
  }

  std::string truth(int depth) {
    if (depth <= 0) return one({"b1", "b2", "b0"});
    const auto a = [&] { return truth(depth - 1); };
    const std::string comparison = one({"==", "!=", "<", "<=", ">", ">="});
    switch (below(13)) {
      case 0: return fmt::format("({} and {})", a(), a());
      case 1: return fmt::format("({} or {})", a(), a());
      case 2: return fmt::format("not ({})", a());
      case 3: return fmt::format("({} {} {})", whole(depth - 1), comparison, whole(depth - 1));
      case 4: return fmt::format("({} {} {})", decimal(depth - 1), comparison, decimal(depth - 1));
      case 5: return fmt::format("({} {} {})", text(depth - 1), comparison, text(depth - 1));
      case 6: return fmt::format("({} {} {})", date(depth - 1), comparison, date(depth - 1));
      case 7:
        return fmt::format("({} is {}null)", one({whole(depth - 1), text(depth - 1)}),
                           one({"", "not "}));
      case 8:
        return fmt::format("({} {}in ({}, 1, {}))", whole(depth - 1), one({"", "not "}), whole(0),
                           whole(depth - 1));
      case 9:
        return fmt::format("({} {}between {} and {})", whole(depth - 1), one({"", "not "}),
                           whole(depth - 1), whole(depth - 1));
      case 10:
        return fmt::format("({} {}like {})", text(depth - 1), one({"", "not "}),
                           one({"p1", "p0", "\"a%\""}));
      case 11:
        return fmt::format("{}({}, {})", one({"starts_with", "ends_with", "contains"}),
                           text(depth - 1), text(depth - 1));
      default: return fmt::format("(({}) == ({}))", a(), a());
    }
  }

  uint64_t state_;
};

}  // namespace

std::string randomExpression(uint64_t seed) {
  return Generator(seed).any();
}

}  // namespace cambium::testing
