namespace MailProxy.Proxy.Milter;

/// <summary>A milter could not be asked, or did not answer as a milter does. The message is a phrase for the log.</summary>
internal sealed class MilterException(string message, Exception? inner = null) : Exception(message, inner);
