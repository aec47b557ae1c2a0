namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>The server said goodbye.</summary>
internal sealed class ChaosByeException(string text) : Exception(text);
