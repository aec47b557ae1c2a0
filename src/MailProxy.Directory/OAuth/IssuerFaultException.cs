namespace MailProxy.Directory.OAuth;

/// <summary>The issuer cannot be asked, or its answer cannot be used: the message says why, in words for the operator. Nothing about any token follows from it.</summary>
internal sealed class IssuerFaultException(string message) : Exception(message);
