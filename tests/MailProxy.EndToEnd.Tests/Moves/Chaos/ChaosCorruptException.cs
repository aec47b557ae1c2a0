namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>A server said what no server may say.</summary>
internal sealed class ChaosCorruptException(string message) : Exception(message);
