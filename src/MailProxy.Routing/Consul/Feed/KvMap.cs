using MailProxy.Routing.Views;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>What lies below one prefix.</summary>
/// <param name="Name">For logs, e.g. <c>pins</c>.</param>
/// <param name="Folder">Segment below our prefix, e.g. <c>users</c>.</param>
/// <param name="NameProblem">Why the rest of a key is no name here; null when it is one.</param>
/// <param name="Parse">Reads a value.</param>
/// <param name="Write">Writes a value so that <paramref name="Parse"/> reads it.</param>
/// <param name="Part">Which part of a view it is.</param>
/// <param name="Apply">Puts all values into a view.</param>
/// <param name="Moves">Whom other values of these names can have moved.</param>
internal sealed record KvMap<T>(
    string Name,
    string Folder,
    Func<string, string?> NameProblem,
    ValueParser<T> Parse,
    Func<T, string> Write,
    ViewParts Part,
    Func<RoutingView, IReadOnlyDictionary<string, T>, RoutingView> Apply,
    Func<IReadOnlyCollection<string>, RouteChange> Moves);
