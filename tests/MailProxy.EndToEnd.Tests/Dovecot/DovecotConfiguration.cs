namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>dovecot.conf (2.3) as docs/dovecot.md recommends it, in a folder of its own.</summary>
internal static class DovecotConfiguration
{
    /// <summary>The file's text.</summary>
    /// <param name="options">The server.</param>
    /// <param name="user">Who runs it; root: Debian's users serve, else this one does everything.</param>
    /// <param name="group">That user's group.</param>
    public static string Format(DovecotOptions options, string user, string group) =>
        $$"""
        base_dir = {{options.Path("run")}}
        state_dir = {{options.Path("state")}}
        log_path = /dev/stderr
        protocols = imap pop3 lmtp{{(options.HasSieve ? " sieve" : "")}}
        listen = 127.0.0.1

        # Who may say for whom it speaks (IMAP ID, XCLIENT): the proxies.
        login_trusted_networks = 127.0.0.1
        login_log_format_elements = user=<%u> auth=<%{auth_user}> method=%m rip=%r lip=%l %c session=<%{session}>
        auth_mechanisms = plain

        # The proxy's own account: SASL PLAIN, authorization identity = the user.
        passdb {
          driver = passwd-file
          master = yes
          args = {{options.Path("masters")}}
        }
        passdb {
          driver = static
          args = password={{DovecotOptions.UserPassword}}
        }
        userdb {
          driver = static
          args = home={{options.Path("mail")}}/%u
        }
        mail_location = maildir:~/Maildir
        namespace inbox {
          inbox = yes
          separator = /
        }

        service imap-login {
          inet_listener imap {
            port = {{options.FirstPort + 43}}
          }
          inet_listener imaps {
            port = {{options.FirstPort + 93}}
            ssl = yes
          }
        }
        service pop3-login {
          inet_listener pop3 {
            port = {{options.FirstPort + 10}}
          }
          inet_listener pop3s {
            port = {{options.FirstPort + 95}}
            ssl = yes
          }
        }
        service lmtp {
          inet_listener lmtp {
            port = {{options.FirstPort + 24}}
          }
          inet_listener lmtps {
            port = {{options.FirstPort + 80}}
            ssl = yes
          }
        }
        {{(options.HasSieve ? Sieve(options) : "")}}
        {{Tls(options)}}
        {{Users(user, group)}}
        {{options.More}}

        """;

    private static string Sieve(DovecotOptions options) => $$"""
        service managesieve-login {
          chroot =
          inet_listener sieve {
            port = {{options.FirstPort + 41}}
          }
          inet_listener sieves {
            port = {{options.FirstPort + 42}}
            ssl = yes
          }
        }
        plugin {
          sieve = file:~/sieve;active=~/.dovecot.sieve
        }
        """;

    private static string Tls(DovecotOptions options) => options.Tls == DovecotTls.None
        ? """
          ssl = no
          disable_plaintext_auth = no
          """
        : $"""
          ssl = required
          ssl_cert = <{options.Certificate}
          ssl_key = <{options.Key}
          """;

    // Dovecot delivers nothing as root. Where it may not change users at all, everything of it runs as the one who started it.
    private static string Users(string user, string group) => user == "root"
        ? """
          mail_uid = nobody
          mail_gid = nogroup
          first_valid_uid = 1
          """
        : $$"""
          default_internal_user = {{user}}
          default_internal_group = {{group}}
          default_login_user = {{user}}
          first_valid_uid = 1
          service imap-login {
            chroot =
          }
          service pop3-login {
            chroot =
          }
          service anvil {
            chroot =
          }
          """;
}
