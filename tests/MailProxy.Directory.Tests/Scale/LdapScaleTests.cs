using System.Diagnostics;
using System.Text;
using MailProxy.Directory.Ldap;
using MailProxy.Directory.Tests.Ldap;
using Xunit;

namespace MailProxy.Directory.Tests.Scale;

/// <summary>The ldap provider at scale, with slapd on the same machine.</summary>
public sealed class LdapScaleTests
{
    [Fact]
    public async Task Slapd_answers_at_scale()
    {
        ScaleSet.SkipUnlessAsked();
        var watch = Stopwatch.StartNew();
        await using var server = SlapdServer.CreateLarge(Content());
        await server.StartAsync();
        ScaleSet.Tell($"written, loaded by slapadd and started in {watch.Elapsed.TotalSeconds:0} s");
        foreach (var mode in Enum.GetValues<LdapMode>())
        {
            ScaleSet.Tell($"mode {mode}");
            var options = Directories.Options(server, mode);
            options.DefaultDomain = "";
            await using var directory = await Directories.StartAsync(options);
            long before = GC.GetTotalMemory(forceFullCollection: true);
            await ScaleSet.MeasureAsync(directory);
            ScaleSet.Tell($"managed memory {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1000} kB more");
        }
    }

    private static string Content()
    {
        var text = new StringBuilder(Ldif.With());
        for (int i = 0; i < ScaleSet.Domains; i++)
        {
            text.Append(Ldif.Domain(ScaleSet.Domain(i)));
        }

        for (int i = 0; i < ScaleSet.Users; i++)
        {
            var values = new List<(string, string)> { ("userPassword", ScaleSet.Password), ("mailProxyHome", "store-1") };
            for (int alias = i; alias < ScaleSet.Aliases; alias += ScaleSet.Users)
            {
                values.Add(("mailProxyAlias", ScaleSet.Alias(alias)));
            }

            text.Append(Ldif.UserOf($"cn=user{i},{Ldif.People}", $"user{i}", ScaleSet.User(i), [.. values]));
        }

        return text.ToString();
    }
}
