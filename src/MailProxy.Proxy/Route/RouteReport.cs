using MailProxy.Routing.Decisions;

namespace MailProxy.Proxy.Route;

/// <summary>How a user would be routed now, and why.</summary>
/// <param name="User">Canonical name.</param>
/// <param name="Protocol">By its name.</param>
/// <param name="Home">What the directory names: a store id, or an address; null: nothing.</param>
/// <param name="Rules">Every rule, in order of precedence.</param>
/// <param name="Outcome">What a login would find.</param>
/// <param name="Detail">The rule that decided.</param>
/// <param name="Store">The store's id; null: none.</param>
/// <param name="State">Its state and why; null: none.</param>
/// <param name="Dial">Host and port that would be dialled; null: none.</param>
/// <param name="Tls">How that leg is encrypted: <c>none</c>, <c>starttls</c>, <c>implicit</c>.</param>
/// <param name="Login">How the proxy would log in there; for mail <c>lmtp</c>.</param>
/// <param name="Addresses">Every address of the store, the one of this user first, as Consul and the configuration tell of it; what a node's own connections told it is on the node's /readyz?verbose.</param>
/// <param name="Problem">Why nobody could be served, one sentence; null: somebody could.</param>
public sealed record RouteReport(
    string User, string Protocol, string? Home, IReadOnlyList<RuleLook> Rules, RouteOutcome Outcome, string Detail,
    string? Store, string? State, string? Dial, string? Tls, string? Login, IReadOnlyList<AddressLook> Addresses, string? Problem);
