namespace MailProxy.Routing.Moves;

/// <summary>A move as it stands.</summary>
/// <param name="Move">What is written down.</param>
/// <param name="IsDriven">A command drives it now (or died so lately that its session has not run out).</param>
public sealed record MoveListing(MoveRecord Move, bool IsDriven);
