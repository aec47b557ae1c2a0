using System.Net;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Security;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>MailKit's clients, connected to a cluster; <c>from</c>: the address they dial from.</summary>
internal static class MailClients
{
    /// <summary>An IMAP client, logged in over implicit TLS whose certificate is verified.</summary>
    public static async Task<ImapClient> ImapAsync(IMailCluster cluster, string user, IPAddress? from = null, string password = "secret")
    {
        var client = new ImapClient { LocalEndPoint = LocalEndPoint(from) };
        Trust(client, cluster.Authority);
        await client.ConnectAsync("localhost", cluster.Port(993), SecureSocketOptions.SslOnConnect);
        await client.AuthenticateAsync(user, password);
        return client;
    }

    /// <summary>A POP3 client, logged in over STLS.</summary>
    public static async Task<Pop3Client> Pop3Async(IMailCluster cluster, string user, IPAddress? from = null, string password = "secret")
    {
        var client = new Pop3Client { LocalEndPoint = LocalEndPoint(from) };
        Trust(client, cluster.Authority);
        await client.ConnectAsync("localhost", cluster.Port(110), SecureSocketOptions.StartTls);
        await client.AuthenticateAsync(user, password);
        return client;
    }

    /// <summary>Every message of INBOX as octets, in UID order.</summary>
    public static async Task<IReadOnlyList<byte[]>> ReadInboxAsync(IMailCluster cluster, string user)
    {
        using var client = await ImapAsync(cluster, user);
        var inbox = client.Inbox!;
        await inbox.OpenAsync(MailKit.FolderAccess.ReadOnly);
        var messages = new List<byte[]>();
        foreach (var uid in await inbox.SearchAsync(MailKit.Search.SearchQuery.All))
        {
            using var stream = await inbox.GetStreamAsync(uid);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            messages.Add(copy.ToArray());
        }

        await client.DisconnectAsync(quit: true);
        return messages;
    }

    /// <summary>Trusts the cluster's CA and nothing else, and checks the name.</summary>
    public static void Trust(MailKit.MailService client, string authority)
    {
        client.CheckCertificateRevocation = false;
        client.ServerCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            using var chain = new System.Security.Cryptography.X509Certificates.X509Chain();
            chain.ChainPolicy.TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
            Assert.NotNull(certificate);
            return !errors.HasFlag(System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch)
                && chain.Build(new System.Security.Cryptography.X509Certificates.X509Certificate2(certificate));
        };
    }

    private static IPEndPoint? LocalEndPoint(IPAddress? from) => from is null ? null : new IPEndPoint(from, 0);
}
