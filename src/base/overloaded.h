#pragma once

namespace orgo {

/// One callable of several, for std::visit: `std::visit(Overloaded{[](A&) {...}, [](B&) {...}}, variant)`. An
/// alternative that none of them takes does not compile.
template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace orgo
