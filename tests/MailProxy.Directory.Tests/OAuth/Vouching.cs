namespace MailProxy.Directory.Tests.OAuth;

/// <summary>Asks a provider about a user whom another provider vouches for.</summary>
internal static class Vouching
{
    public static async Task<AuthenticationResult> VouchAsync(this IUserDirectory directory, string user)
    {
        using var nothing = new Secret([]);
        return await directory.AuthenticateAsync(
            new AuthenticationRequest(user, "", nothing, "OAUTHBEARER", "imap", null, true) { IsVouched = true }, Xunit.TestContext.Current.CancellationToken);
    }
}
