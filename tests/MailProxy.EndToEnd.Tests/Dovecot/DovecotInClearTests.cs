using System.Net;
using MailProxy.EndToEnd.Tests.Rig;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Dovecot;

public sealed class DovecotInClearTests(DovecotInClear cluster) : DovecotClientTests(cluster), IClassFixture<DovecotInClear>
{
    [Fact]
    public async Task Without_tls_the_clients_address_is_kept_from_the_store()
    {
        ForeignProgram.Require("dovecot");
        var user = Cluster.TakeUser("store-1");
        using var client = await MailClients.ImapAsync(Cluster, user, IPAddress.Parse("127.0.0.77"));
        var login = await Cluster.First.Process.SeeAsync($"Login: user=<{user}>");
        Assert.Contains(" rip=127.0.0.1 ", login.Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("TLS", login, StringComparison.Ordinal);
        await client.DisconnectAsync(quit: true);
    }
}
