namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>One life of a process.</summary>
/// <param name="Output">What it wrote.</param>
/// <param name="Killed">When it was dead; null: it lives.</param>
internal sealed record ChaosRun(string Output, double? Killed);
