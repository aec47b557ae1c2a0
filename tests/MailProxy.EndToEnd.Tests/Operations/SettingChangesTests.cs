using MailProxy.Configuration;
using MailProxy.Logging;
using MailProxy.Nodes.Reloading;
using MailProxy.Proxy;
using MailProxy.Proxy.Accept;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Static;
using Serilog.Events;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

public sealed class SettingChangesTests
{
    [Fact]
    public void The_same_settings_read_twice_do_not_differ() => Assert.Empty(SettingChanges.Between(Make(), Make()));

    [Fact]
    public void What_differs_is_named_by_its_path_and_never_by_its_value()
    {
        var next = Make();
        next.Limits.Idle = TimeSpan.FromMinutes(36);
        next.Listeners[0].Port = 144;
        next.Consul.Token = "a-secret";
        next.Routing.Stores[0].Ports[StoreService.Imap] = 145;
        next.Directory.Ldap.BindDn = "cn=other";
        next.Log.Level = LogEventLevel.Debug;
        Assert.Equal(["Listeners", "Directory:Ldap:BindDn", "Routing:Stores", "Consul:Token", "Limits:Idle", "Log:Level"], SettingChanges.Between(Make(), next));
    }

    [Fact]
    public void One_listener_more_or_less_is_a_change()
    {
        var next = Make();
        next.Listeners.Add(new ListenerOptions { Protocol = MailProtocol.Pop3, Port = 110 });
        Assert.Equal(["Listeners"], SettingChanges.Between(Make(), next));
        Assert.Equal(["Listeners"], SettingChanges.Between(next, Make()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_counts_after_a_restart_only_is_kept_and_all_else_is_not(bool servesTls)
    {
        var running = Make();
        var next = Other();
        string[] before = [.. SettingChanges.Between(running, next)];
        Assert.Contains(before, path => RestartOnly.Has(path, servesTls));
        RestartOnly.Keep(running, next, servesTls);
        Assert.Equal(before.Where(path => !RestartOnly.Has(path, servesTls)), SettingChanges.Between(running, next));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_same_of_a_store(bool servesTls)
    {
        var next = new StoreConfig { Listeners = [new StoreListenerOptions { Port = 1 }] };
        next.Node.Name = "other";
        next.Store.Data = "other";
        next.Tls.Certificate = "other.pem";
        next.Access.AllowClearText = !next.Access.AllowClearText;
        next.Moves.MaxPulls = 9;
        next.Consul.Prefix = "other";
        next.Log.Format = LogFormat.Json;
        next.Log.Level = LogEventLevel.Debug;
        string[] before = [.. SettingChanges.Between(new StoreConfig(), next)];

        // A new section must be told apart as well.
        Assert.Equal(typeof(StoreConfig).GetProperties().Select(section => section.Name).Order(), before.Select(path => path.Split(':')[0]).Distinct().Order());
        StoreRestartOnly.Keep(new StoreConfig(), next, servesTls);
        Assert.Equal(before.Where(path => !StoreRestartOnly.Has(path, servesTls)), SettingChanges.Between(new StoreConfig(), next));
        Assert.Equal(servesTls ? ["Tls:Certificate", "Log:Level"] : ["Log:Level"], SettingChanges.Between(new StoreConfig(), next));
    }

    private static ProxyConfig Make() => new()
    {
        Listeners = [new ListenerOptions { Protocol = MailProtocol.Imap, Port = 143 }],
        Routing = new() { Stores = { new StaticStoreOptions { Id = "store-1", Ports = { [StoreService.Imap] = 143 } } } },
    };

    // Something else in every section.
    private static ProxyConfig Other()
    {
        var other = new ProxyConfig
        {
            Transport = TransportKind.Portable,
            Rehearsal = TimeSpan.FromSeconds(1),
            Listeners = [new ListenerOptions { Protocol = MailProtocol.Pop3, Port = 110 }],
        };
        other.Node.Name = "other";
        other.Tls.Certificate = "other.pem";
        other.Authentication.ClearText = MailProxy.Proxy.Authenticate.ClearTextPolicy.Always;
        other.Directory.Provider = "ldap";
        other.Shared.Servers.Add("127.0.0.1:6379");
        other.Consul.Prefix = "other";
        other.Stores.MasterUser = "other";
        other.Stores.Tls.Authorities = "other.pem";
        other.Stores.TokenKeyFile = "other.key";
        other.Stores.TokenIssuer = "other";
        other.Relay.Smarthost = "other:25";
        other.Limits.Recipients = 7;
        other.Http.Admin = "127.0.0.1:9";
        other.Admin.Port = 9;
        other.Drain.LeastRate = 9;
        other.Log.Format = LogFormat.Json;
        other.Log.Level = LogEventLevel.Debug;
        return other;
    }
}
