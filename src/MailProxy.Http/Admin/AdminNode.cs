namespace MailProxy.Http.Admin;

/// <summary><c>GET /v1/node</c>, and the answer to drain and undrain.</summary>
/// <param name="Name">Node name.</param>
/// <param name="Version">Of the program.</param>
/// <param name="State"><c>serving</c>, <c>refusing</c> (not ready, still accepting), <c>ending</c> (no new sessions, the present ones are asked to end), <c>drained</c>, <c>stopping</c>.</param>
/// <param name="IsReady">What <c>/readyz</c> says.</param>
/// <param name="Checks">Why.</param>
/// <param name="Sessions">Connections of all mail listeners.</param>
/// <param name="Spliced">Those that are tied to a store.</param>
/// <param name="ByStore">The same by store.</param>
/// <param name="SecondsLeft">To the deadline of a drain; null: none runs.</param>
public sealed record AdminNode(
    string Name, string Version, string State, bool IsReady, IReadOnlyList<AdminCheck> Checks, int Sessions, int Spliced,
    IReadOnlyDictionary<string, int> ByStore, double? SecondsLeft);
