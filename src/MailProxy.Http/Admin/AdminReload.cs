namespace MailProxy.Http.Admin;

/// <summary><c>POST /v1/reload</c>.</summary>
/// <param name="Node">Who answers.</param>
/// <param name="Applied">Settings that changed and count from now on.</param>
/// <param name="NeedRestart">Settings that changed in the file and count after a restart only.</param>
/// <param name="Errors">Why nothing was changed; empty: the configuration is good.</param>
/// <param name="Problems">What could not be done of what was applied: a listener that cannot be opened.</param>
public sealed record AdminReload(string Node, IReadOnlyList<string> Applied, IReadOnlyList<string> NeedRestart, IReadOnlyList<string> Errors,
    IReadOnlyList<string> Problems);
