using System.DirectoryServices.Protocols;

namespace MailProxy.Directory.Ldap;

/// <summary>What the library's exceptions mean.</summary>
internal static class LdapFaults
{
    /// <summary>RFC 4511 A.2: the name or the password is wrong.</summary>
    public const int InvalidCredentials = 49;

    private const int Busy = 51;
    private const int Unavailable = 52;

    // ldap.h: what the client finds itself is negative; Windows' numbers for the same, which the library throws too, start at 0x51.
    private const int TimedOut = -5;
    private const int WindowsTimedOut = 85;
    private const int WindowsFirst = 0x51;

    /// <summary>The fault, with a text for the operator.</summary>
    /// <param name="exception">The library's.</param>
    /// <param name="what">What was being done.</param>
    public static LdapFaultException Of(Exception exception, string what)
    {
        var fault = exception switch
        {
            LdapException { ErrorCode: TimedOut or WindowsTimedOut } => LdapFault.TimedOut,
            LdapException { ErrorCode: Busy or Unavailable } => LdapFault.Busy,
            LdapException { ErrorCode: < 0 or >= WindowsFirst } => LdapFault.Unreachable,
            LdapException => LdapFault.Refused,
            DirectoryOperationException { Response.ResultCode: ResultCode.Busy or ResultCode.Unavailable } => LdapFault.Busy,
            DirectoryOperationException => LdapFault.Refused,
            _ => LdapFault.Unreachable,
        };
        return new LdapFaultException(fault, $"{what}: {(fault == LdapFault.TimedOut ? "no answer in time" : Text(exception))}", exception);
    }

    private static string Text(Exception exception)
    {
        var (code, told) = exception switch
        {
            LdapException ldap => (ldap.ErrorCode, ldap.ServerErrorMessage),
            DirectoryOperationException { Response: { } response } => ((int)response.ResultCode, response.ErrorMessage),
            _ => (0, null),
        };
        var text = exception.Message.TrimEnd('.');
        return string.IsNullOrWhiteSpace(told) ? code == 0 ? text : $"{text} ({code})" : $"{text} ({code}: {told.Trim()})";
    }
}
