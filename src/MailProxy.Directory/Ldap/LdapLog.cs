using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Ldap;

/// <summary>What the ldap provider logs.</summary>
internal static partial class LdapLog
{
    [LoggerMessage(1, LogLevel.Warning, "LDAP server {Server} is put aside, it is tried again in {Seconds} s: {Problem}")]
    public static partial void PutAside(ILogger logger, LdapServerAddress server, double seconds, string problem);

    [LoggerMessage(2, LogLevel.Information, "LDAP server {Server} answers")]
    public static partial void Answers(ILogger logger, LdapServerAddress server);

    [LoggerMessage(3, LogLevel.Error, "A question to the LDAP directory ended in an error of our own")]
    public static partial void Broken(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "The LDAP directory cannot be asked: {Problem}")]
    public static partial void Unusable(ILogger logger, string problem);
}
