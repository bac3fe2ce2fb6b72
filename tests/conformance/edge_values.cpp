#include "tests/conformance/edge_values.h"

#include <cstdint>

namespace cambium::testing {
namespace {

using Values = std::vector<std::optional<std::string>>;

Values withNull(Values values) {
  values.insert(values.begin() + 1, std::nullopt);
  return values;
}

std::string longText() {
  std::string out;
  for (int i = 0; i < 1000; ++i) out += i % 100 ? "x" : "日";
  return out;
}

std::vector<EdgeColumn> makeColumns() {
  const Values texts = {"",          "a",       "A",    "abc",   "ABC",    "abcabc", " ab ",
                        "   ",       "é",       "É",    "ß",     "日本語", "a😀b",    "😀",
                        "e\xcc\x81", "a,b,c",   ",",    "a%b_c", "a\\b",   "[x]*?",  "it's",
                        "\"q\"",     "a\nb\tc", "\x01", "a b c", "Zz",     "\\",     longText()};
  const Values parts = {"", "a", "b", "abc", ",", "😀", "é", "A", " ", "%", "x", "\n", "aa", "日"};
  const Values fillers = {"", "x", "😀", "ab", "\\", "00"};
  const Values patterns = {"",       "%",       "a%",    "%b%",    "_",   "a_b",    "\\%",
                           "a\\%b%", "[a]%",    "*",     "?",      "a\\", "\\\\",   "%😀%",
                           "\\a%",   "日__",    "[x]*?", "[b]",    "[e]", "a\\[e]", "A%",
                           "%\\_c",  "\\\\\\%", "%%",    "a\\\\b", "___", "[[]x]%"};
  const Values numbers = {"0",
                          "12",
                          "-12",
                          "+7",
                          " 42 ",
                          "9223372036854775807",
                          "9223372036854775808",
                          "-9223372036854775808",
                          "1.5",
                          "-.5",
                          "1.",
                          "1e3",
                          "-1.5E-3",
                          "abc",
                          "",
                          "12abc",
                          "1-2",
                          "0x10",
                          "--1",
                          "true",
                          "Yes",
                          " off",
                          "1e999",
                          "00012",
                          "1,5",
                          ".",
                          "-",
                          "+",
                          "123456.0123456789012",
                          "1.5.2",
                          "½",
                          "e5",
                          "1e",
                          "t",
                          "N",
                          "1234567890123456789012345678",
                          "12345678901234567890123456789"};
  const Values dates = {
      "2024-02-29",       "2023-02-29", "2024-13-01", "2024-1-1",     "0000-01-01", "0001-01-01",
      "9999-12-31",       "now",        "",           " 2024-01-31 ", "2024-04-31", "20240101",
      "2024-01-01T00:00", "2024-00-10", "2024-10-00"};
  const Values integers = {"0",
                           "1",
                           "-1",
                           "2",
                           "-2",
                           "3",
                           "7",
                           "-7",
                           "10",
                           "100",
                           "2147483647",
                           "-2147483648",
                           "2147483648",
                           "4294967297",
                           "9223372036854775807",
                           "-9223372036854775808",
                           "-9223372036854775807"};
  const Values counts = {"0", "-2", "-1", "1", "2", "3", "5", "8", "1100"};
  const Values decimals = {
      "0",    "0.01",          "-0.01",          "0.1",  "0.2",  "0.3", "1",
      "1.05", "2.5",           "-2.5",           "0.05", "0.15", "100", "33.33",
      "-1.1", "9999999999.99", "-9999999999.99", "0.07", "70"};
  const Values fine = {"0",          "2.675", "-2.675", "0.000001", "-0.000001", "1.005",
                       "8.345",      "0.5",   "-0.5",   "1.25",     "1.35",      "123456789.123456",
                       "-99.999999", "0.285", "10.075", "4.35"};
  const Values wide = {
      "0",        "1",   "-1.5", "5.1", "123456789012345678.123456", "-123456789012345678.5",
      "0.000001", "2.5", "10"};
  const Values floats = {"0",
                         "1",
                         "-1",
                         "0.5",
                         "-0.5",
                         "1.5",
                         "2.5",
                         "-2.5",
                         "0.1",
                         "0.2",
                         "0.3",
                         "1e10",
                         "123456.789",
                         "1e-10",
                         "1e300",
                         "-1e300",
                         "2.2250738585072014e-308",
                         "1.7976931348623157e308",
                         "9.3e18",
                         "3",
                         "1e28"};
  const Values days = {"0001-01-01", "1899-12-31", "1970-01-01", "2000-02-29",
                       "2023-01-31", "2024-01-31", "2024-02-29", "2024-12-31",
                       "2100-02-28", "9999-12-31", "2024-03-30", "1969-12-31"};
  const Values instants = {"1970-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z",
                           "1969-12-31T23:59:59.999Z", "2024-02-29T23:59:59.500Z",
                           "2024-12-31T00:00:00.001Z", "2024-01-31T12:34:56.789Z",
                           "9999-12-31T23:59:59.999Z", "2024-01-31T12:34:56.790Z"};
  const Values locals = {"1970-01-01 00:00:00", "0001-01-01 00:00:00", "1969-12-31 23:59:59",
                         "2024-02-29 23:59:59", "2024-01-31 12:34:56", "9999-12-31 23:59:59"};
  const Values times = {"00:00:00", "23:59:59", "12:34:56"};
  const Values ids = {"00000000-0000-0000-0000-000000000000",
                      "123e4567-e89b-42d3-a456-426614174000",
                      "ffffffff-ffff-ffff-ffff-ffffffffffff"};
  const Values colours = {"red", "green", "deep_blue"};
  const Values documents = {"{}",
                            "null",
                            "[]",
                            "[1,2,[3]]",
                            "\"text\"",
                            "12",
                            "true",
                            R"({"a":"x","b":{"c":"deep"},"n":1.5,"t":true})",
                            R"({"a":"","b":{"c":null},"n":-3,"t":false})",
                            R"({"a":null,"b":[],"n":"5","t":1})",
                            R"({"a":["x"],"b":{"c":{"d":1}},"n":1e10})",
                            R"({"a":"é \"😀\" \\ \n \u00e9 \ud83d\ude00"})",
                            R"({"b":{"c":7},"a b":"blank","é":"name","n":0})",
                            R"({"a":true,"n":9007199254740993})"};
  const Values bytes = {"", std::string(1, '\0'), "\xff" + std::string(1, '\0'), "ab"};
  const Values truths = {"true", "false"};
  return {
      {"s1", "text", texts},
      {"s2", "text", parts},
      {"s3", "text", fillers},
      {"s0", "text?", withNull(texts)},
      {"p1", "text", patterns},
      {"p0", "text?", withNull(parts)},
      {"v1", "string(40)", {"a", "", "b"}},
      {"n1", "text", numbers},
      {"n0", "string(60)?", withNull(numbers)},
      {"x1", "text", dates},
      {"i1", "int64", integers},
      {"i2", "int64", integers},
      {"i0", "int64?", withNull(integers)},
      {"c1", "int32", counts},
      {"c2", "int32", counts},
      {"c0", "int32?", withNull(counts)},
      {"h1", "int16", {"0", "-32768", "32767", "1", "-1"}},
      {"d1", "decimal(12, 2)", decimals},
      {"d2", "decimal(12, 2)", decimals},
      {"d0", "decimal(12, 2)?", withNull(decimals)},
      {"q1", "decimal(15, 6)", fine},
      {"w1", "decimal(24, 6)", wide},
      {"w0", "decimal(24, 6)?", withNull(wide)},
      {"f1", "float64", floats},
      {"f2", "float64", floats},
      {"f0", "float64?", withNull(floats)},
      {"r1", "float32", {"0", "0.5", "-2.5", "16777216"}},
      {"b1", "bool", truths},
      {"b2", "bool", truths},
      {"b0", "bool?", withNull(truths)},
      {"a1", "date", days},
      {"a2", "date", days},
      {"a0", "date?", withNull(days)},
      {"t1", "timestamp", instants},
      {"t2", "timestamp", instants},
      {"t0", "timestamp?", withNull(instants)},
      {"l1", "datetime", locals},
      {"l2", "datetime", locals},
      {"l0", "datetime?", withNull(locals)},
      {"m1", "time", times},
      {"m0", "time?", withNull(times)},
      {"u1", "uuid", ids},
      {"u0", "uuid?", withNull(ids)},
      {"e1", "Colour", colours},
      {"e0", "Colour?", withNull(colours)},
      {"j1", "json", documents},
      {"j0", "json?", withNull(documents)},
      {"y1", "bytes", bytes},
      {"y0", "bytes?", withNull(bytes)},
  };
}

}  // namespace

const std::vector<EdgeColumn>& edgeColumns() {
  static const std::vector<EdgeColumn> all = makeColumns();
  return all;
}

std::string edgePackage(const std::string& members) {
  std::string out =
      "package edges version \"1.0.0\"\nenum Colour { red, green, deep_blue }\n"
      "entity Edge {\n  key id: int64\n";
  for (const EdgeColumn& column : edgeColumns())
    out += "  " + column.name + ": " + column.type + "\n";
  return out + members + "}\n";
}

std::vector<std::vector<size_t>> edgeRows() {
  constexpr size_t kRows = 1500;
  uint64_t state = 42;
  const auto next = [&state] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return size_t(state >> 33);
  };
  std::vector<std::vector<size_t>> rows(kRows);
  for (size_t i = 0; i < kRows; ++i)
    for (const EdgeColumn& column : edgeColumns()) {
      const size_t count = column.values.size();
      rows[i].push_back(i < 40 ? i % count : next() % count);
    }
  return rows;
}

}  // namespace cambium::testing
