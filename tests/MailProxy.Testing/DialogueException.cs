namespace MailProxy.Testing;

/// <summary>A peer said something else than the script.</summary>
public sealed class DialogueException(string message) : Exception(message);
