#!/usr/bin/env python3
"""The scanner behind shape_test.py, on what is hard to read."""
import cpp_scan

CASES = [
    ("int f() {\n  return 1;\n}\n", [("f", 1, 3)]),
    ("namespace a {\nnamespace {\nvoid g(int x) noexcept {\n}\n}  // namespace\n}\n", [("g", 3, 2)]),
    ('// int no() {\n/* void no() { */ const char* s = "}{"; char c = \'{\';\nvoid yes() {}\n', [("yes", 3, 1)]),
    ('const char* raw = R"sql(\nCREATE TABLE x (a) {\n)sql";\nint f() { return 0; }\n', [("f", 4, 1)]),
    ("A::A(int x) : x_{x}, y_(x), z_{1, 2} {\n  go();\n}\n", [("A", 1, 3)]),
    ("A::A(std::map<int, int> m)\n    : m_(std::move(m)) {\n}\nA::~A() {}\n", [("A", 2, 2), ("~A", 4, 1)]),
    ("constexpr auto k = std::to_array<T>({\n  {1, 2},\n});\nint values[] = {1, 2};\nT t{1};\nvoid f() {}\n", [("f", 6, 1)]),
    ("class C : public B {\n public:\n  int f() const override {\n    return [](int x) { return x; }(1);\n  }\n  struct D { int a = f(1); };\n  int b{2};\n};\n",
     [("f", 3, 3)]),
    ("template <typename T, typename = void>\nT h(T a, T b = {}) {\n  if (a) {\n    return b;\n  }\n}\n", [("h", 2, 5)]),
    ("bool operator==(const A& a, const A& b) {\n}\nbool A::operator()(int x) const {\n}\n", [("operator==", 1, 2), ("operator()", 3, 2)]),
    ("auto f() -> std::vector<int> {\n}\n", [("f", 1, 2)]),
    ("struct S { S(int a = 1'000'000) : a_(a) {} int a_; };\n", [("S", 1, 1)]),
    ("#define X(a) \\\n  void a() { \\\n  }\nvoid f() {}\n", [("f", 4, 1)]),
    ("enum class E : int { a = 1, b };\nstatic const std::map<int, int> m = {{1, f(2)}};\nvoid f() {}\n", [("f", 3, 1)]),
    ("struct P make(int a) {\n}\n", [("make", 1, 2)]),
    ("const Table& table() {\n  static const Table t{{\n    1,\n  }};\n  return t;\n}\n", [("table", 1, 6)]),
    ('extern "C" {\nvoid f() {}\n}\n', [("f", 2, 1)]),
]

wrong = 0
for text, expected in CASES:
    found = cpp_scan.functions(text)
    if found != expected:
        wrong += 1
        print(f"in\n{text}\nexpected {expected}\nfound    {found}\n")
print("all read right" if not wrong else f"{wrong} read wrong")
raise SystemExit(1 if wrong else 0)
