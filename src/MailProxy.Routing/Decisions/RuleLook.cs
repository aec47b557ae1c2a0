namespace MailProxy.Routing.Decisions;

/// <summary>What one rule says of a user, for <c>mailproxy route</c>.</summary>
/// <param name="Rule">Which.</param>
/// <param name="Key">Where it stands: <c>mailproxy/users/bob@example.org</c>, <c>slot 1017 of 4096</c>; for the directory <c>home</c>.</param>
/// <param name="Says">A store id with its state, or that nothing stands there.</param>
/// <param name="Decides">It is the first that names a store.</param>
public sealed record RuleLook(RouteReason Rule, string Key, string Says, bool Decides);
