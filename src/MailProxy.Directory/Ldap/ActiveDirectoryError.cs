using System.Globalization;

namespace MailProxy.Directory.Ldap;

// text = "80090308: LdapErr: DSID-" 8HEXDIG ", comment: AcceptSecurityContext error, data " 1*HEXDIG ", v" 1*HEXDIG
// (Microsoft's MS-ADTS 3.1.1.3.1.9 has the form, winerror.h the numbers: 0x52e is 1326, ERROR_LOGON_FAILURE.)

/// <summary>
/// Active Directory answers every failed bind with result 49 and tells the reason in the text. It tells of an account's state only after the right
/// password, except for a locked one (775), which it will not try.
/// </summary>
internal static class ActiveDirectoryError
{
    private const string Mark = "AcceptSecurityContext error, data ";

    /// <summary>The verdict; null when the text is none of Active Directory's.</summary>
    public static BindVerdict? Parse(string? text)
    {
        var at = text?.IndexOf(Mark, StringComparison.OrdinalIgnoreCase) ?? -1;
        if (at < 0)
        {
            return null;
        }

        var rest = text.AsSpan(at + Mark.Length);
        var length = 0;
        while (length < rest.Length && char.IsAsciiHexDigit(rest[length]))
        {
            length++;
        }

        if (!int.TryParse(rest[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            return null;
        }

        return code switch
        {
            0x525 => new(AuthenticationOutcome.NoSuchUser, "Active Directory: no such account (525)"),
            0x52e => new(AuthenticationOutcome.WrongPassword, "Active Directory: wrong password (52e)"),
            0x530 => new(AuthenticationOutcome.Disabled, "Active Directory: no logins at this hour (530)"),
            0x531 => new(AuthenticationOutcome.Disabled, "Active Directory: no logins from this host (531)"),
            0x532 => new(AuthenticationOutcome.Expired, "Active Directory: the password expired (532)"),
            0x533 => new(AuthenticationOutcome.Disabled, "Active Directory: the account is disabled (533)"),
            0x701 => new(AuthenticationOutcome.Expired, "Active Directory: the account expired (701)"),
            0x773 => new(AuthenticationOutcome.Expired, "Active Directory: the password must be changed first (773)"),
            0x775 => new(AuthenticationOutcome.Disabled, "Active Directory: the account is locked (775)"),
            _ => new(AuthenticationOutcome.WrongPassword, $"Active Directory: error {code:x}"),
        };
    }
}
