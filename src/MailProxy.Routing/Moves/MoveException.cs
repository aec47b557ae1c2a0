namespace MailProxy.Routing.Moves;

/// <summary>A move cannot begin or go on. The message is for the operator: what is wrong and what to do.</summary>
public sealed class MoveException(string message, Exception? inner = null) : Exception(message, inner);
