using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory.Proofs;
using MailProxy.Testing;

namespace MailProxy.Directory.Tests.Proofs;

/// <summary>A whole SCRAM login at a directory, as a proxy does it.</summary>
internal static class ScramLogin
{
    private static readonly IPEndPoint Client = new(IPAddress.Parse("192.0.2.7"), 4711);

    /// <summary>The verdict; for whom the provider has no keys, by a salt of the test's.</summary>
    public static async Task<AuthenticationResult> ProveAsync(this IUserDirectory directory, string user, string password, string protocol = "imap", string authorizationId = "")
    {
        var challenge = await directory.ChallengeAsync(new ChallengeRequest(user, "SCRAM-SHA-256", protocol, Client), CancellationToken.None);
        var shown = challenge.Parameters ?? new ScramParameters("0123456789abcdef"u8.ToArray(), 4096);
        var client = new ScramClient(HashAlgorithmName.SHA256, user, password);
        var bare = Text(client.First)["n,,".Length..];
        var first = $"{bare[(bare.IndexOf(",r=", StringComparison.Ordinal) + 1)..]}abcdefghijklmnopqrstuvwx,s={Convert.ToBase64String(shown.Salt.Span)},i={shown.Rounds.ToString(CultureInfo.InvariantCulture)}";
        var final = Text(client.Final(Convert.ToBase64String(Encoding.ASCII.GetBytes(first))));
        var end = final.LastIndexOf(",p=", StringComparison.Ordinal);
        var proof = new ScramProof("SCRAM-SHA-256", shown, $"{bare},{first},{final[..end]}", Convert.FromBase64String(final[(end + 3)..]));
        using var none = new Secret([]);
        return await directory.AuthenticateAsync(new AuthenticationRequest(user, authorizationId, none, "SCRAM-SHA-256", protocol, Client, true) { Proof = proof }, CancellationToken.None);
    }

    /// <summary>The verdict on a user of a certificate.</summary>
    public static async Task<AuthenticationOutcome> CertifyAsync(this IUserDirectory directory, string user, string protocol = "imap", string authorizationId = "")
    {
        using var none = new Secret([]);
        return (await directory.AuthenticateAsync(
            new AuthenticationRequest(user, authorizationId, none, "EXTERNAL", protocol, Client, true) { Proof = new CertificateProof() }, CancellationToken.None)).Outcome;
    }

    /// <summary>Keys as doveadm writes them.</summary>
    public static string Keys(string password)
    {
        var salt = "a salt of theirs"u8.ToArray();
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, 5_000, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        return $"{{SCRAM-SHA-256}}5000,{Convert.ToBase64String(salt)},{Convert.ToBase64String(stored)},{Convert.ToBase64String(HMACSHA256.HashData(salted, "Server Key"u8))}";
    }

    private static string Text(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
