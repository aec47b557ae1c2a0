namespace MailProxy.Routing.Moves;

/// <summary>A line of progress.</summary>
/// <param name="Step">The step.</param>
/// <param name="Elapsed">Since the command began.</param>
/// <param name="Text">What happens, for people.</param>
/// <param name="Copied">Messages and octets of the copy so far; null: this line is not about copying.</param>
public sealed record MoveProgress(MoveStep Step, TimeSpan Elapsed, string Text, CopyProgress? Copied = null);
