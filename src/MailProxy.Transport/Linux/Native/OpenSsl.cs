using System.Runtime.InteropServices;

namespace MailProxy.Transport.Linux.Native;

/// <summary>OpenSSL 3, libssl. Numbers are those of openssl/ssl.h, tls1.h and sslerr.h, which are part of its binary interface.</summary>
internal static unsafe partial class OpenSsl
{
    public const int ErrorSsl = 1;
    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorSyscall = 5;
    public const int ErrorZeroReturn = 6;

    public const int ReasonVerifyFailed = 134;
    public const int ReasonNoPeerCertificate = 199;
    public const int ReasonNoApplicationProtocol = 235;
    public const int ReasonUnexpectedEnd = 294;
    public const int ReasonAlertNoApplicationProtocol = 1120;

    public const int ControlMode = 33;
    public const int ControlReadAhead = 41;
    public const int ControlSessionCacheMode = 44;
    public const int ControlServerNameCallback = 53;
    public const int ControlHostName = 55;
    public const int ControlChainCertificate = 89;
    public const int ControlExtendedMasterSecret = 122;
    public const int ControlMinVersion = 123;

    public const int SessionCacheOff = 0;
    public const int SessionCacheClient = 0x1;
    public const int SessionCacheNotInternal = 0x300;

    public const int ModePartialWrite = 0x1;
    public const int ModeMovingWriteBuffer = 0x2;
    public const int ModeReleaseBuffers = 0x10;

    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;

    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int VerifyPeer = 1;
    public const int VerifyFailIfNone = 2;

    public const int CallbackOk = 0;
    public const int CallbackAlertFatal = 2;
    public const int CallbackNoAcknowledge = 3;

    public const int ClientHelloSuccess = 1;

    // TLSEXT_TYPE_server_name (RFC 6066 3).
    public const uint ExtensionServerName = 0;

    // Index 0 is the application's own: SSL_CTX_set_app_data, SSL_set_app_data.
    public const int ApplicationData = 0;

    /// <summary>The library's file.</summary>
    public const string Name = "libssl.so.3";

    /// <summary>OPENSSL_INIT_NO_ATEXIT: reactors may be at work while the process exits.</summary>
    public const ulong InitNoAtExit = 0x00080000;

    [LibraryImport(Name, EntryPoint = "OPENSSL_init_ssl")]
    public static partial int Init(ulong options, nint settings);

    [LibraryImport(Name, EntryPoint = "TLS_server_method")]
    public static partial nint ServerMethod();

    [LibraryImport(Name, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Name, EntryPoint = "SSL_CTX_new")]
    public static partial nint NewContext(nint method);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(SafeSslContext context, int command, nint number, nint argument);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_callback_ctrl")]
    public static partial nint ContextCallback(SafeSslContext context, int command, nint callback);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong SetOptions(SafeSslContext context, ulong options);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_num_tickets")]
    public static partial int SetTicketCount(SafeSslContext context, nuint count);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_use_certificate")]
    public static partial int UseCertificate(SafeSslContext context, nint certificate);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_use_PrivateKey")]
    public static partial int UsePrivateKey(SafeSslContext context, nint key);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_get_cert_store")]
    public static partial nint CertificateStore(SafeSslContext context);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_add_client_CA")]
    public static partial int AddClientAuthority(SafeSslContext context, nint certificate);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_default_verify_paths")]
    public static partial int UseSystemAuthorities(SafeSslContext context);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void SetVerify(SafeSslContext context, int mode, nint callback);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    public static partial void SetApplicationProtocolCallback(SafeSslContext context, nint callback, nint argument);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_client_hello_cb")]
    public static partial void SetClientHelloCallback(SafeSslContext context, nint callback, nint argument);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_tlsext_ticket_key_evp_cb")]
    public static partial int SetTicketKeyCallback(SafeSslContext context, nint callback);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_session_id_context")]
    public static partial int SetSessionIdContext(SafeSslContext context, byte* name, uint length);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_timeout")]
    public static partial nint SetTicketLifetime(SafeSslContext context, nint seconds);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_sess_set_new_cb")]
    public static partial void SetNewTicketCallback(SafeSslContext context, nint callback);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_ex_data")]
    public static partial int SetContextData(SafeSslContext context, int index, nint data);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_get_ex_data")]
    public static partial nint ContextData(nint context, int index);

    [LibraryImport(Name, EntryPoint = "SSL_get_SSL_CTX")]
    public static partial nint ContextOf(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_new")]
    public static partial nint NewSession(SafeSslContext context);

    [LibraryImport(Name, EntryPoint = "SSL_free")]
    public static partial void FreeSession(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_set_fd")]
    public static partial int SetDescriptor(nint session, int descriptor);

    [LibraryImport(Name, EntryPoint = "SSL_set_accept_state")]
    public static partial void BecomeServer(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_set_connect_state")]
    public static partial void BecomeClient(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_ctrl")]
    public static partial nint SessionControl(nint session, int command, nint number, byte* argument);

    [LibraryImport(Name, EntryPoint = "SSL_set_alpn_protos")]
    public static partial int OfferApplicationProtocols(nint session, byte* list, uint length);

    [LibraryImport(Name, EntryPoint = "SSL_set_SSL_CTX")]
    public static partial nint SwitchContext(nint session, SafeSslContext context);

    [LibraryImport(Name, EntryPoint = "SSL_get0_param")]
    public static partial nint VerifyParameters(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_do_handshake", SetLastError = true)]
    public static partial int Handshake(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_read", SetLastError = true)]
    public static partial int Read(nint session, byte* buffer, int length);

    [LibraryImport(Name, EntryPoint = "SSL_write", SetLastError = true)]
    public static partial int Write(nint session, byte* buffer, int length);

    [LibraryImport(Name, EntryPoint = "SSL_shutdown", SetLastError = true)]
    public static partial int Shutdown(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_get_error")]
    [SuppressGCTransition]
    public static partial int ErrorOf(nint session, int result);

    [LibraryImport(Name, EntryPoint = "SSL_version")]
    public static partial int VersionOf(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_get_current_cipher")]
    public static partial nint CipherOf(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_CIPHER_standard_name")]
    public static partial nint NameOfCipher(nint cipher);

    [LibraryImport(Name, EntryPoint = "SSL_get_servername")]
    public static partial nint ServerNameOf(nint session, int type);

    [LibraryImport(Name, EntryPoint = "SSL_get0_alpn_selected")]
    public static partial void ApplicationProtocolOf(nint session, byte** name, uint* length);

    [LibraryImport(Name, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial SafeX509 PeerCertificateOf(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_get_certificate")]
    public static partial nint OwnCertificateOf(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_export_keying_material")]
    public static partial int Export(nint session, byte* target, nuint length, byte* label, nuint labelLength, byte* context, nuint contextLength, int usesContext);

    [LibraryImport(Name, EntryPoint = "SSL_client_hello_get0_ext")]
    public static partial int ExtensionOfClientHello(nint session, uint type, byte** value, nuint* length);

    [LibraryImport(Name, EntryPoint = "SSL_set_ex_data")]
    public static partial int SetSessionData(nint session, int index, nint data);

    [LibraryImport(Name, EntryPoint = "SSL_get_ex_data")]
    public static partial nint SessionData(nint session, int index);

    [LibraryImport(Name, EntryPoint = "SSL_session_reused")]
    public static partial int IsResumed(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_set_session")]
    public static partial int UseTicket(nint session, SafeSslTicket ticket);

    [LibraryImport(Name, EntryPoint = "SSL_SESSION_free")]
    public static partial void FreeTicket(nint ticket);

    [LibraryImport(Name, EntryPoint = "SSL_SESSION_is_resumable")]
    public static partial int IsResumable(nint ticket);

    [LibraryImport(Name, EntryPoint = "SSL_SESSION_get_ticket_lifetime_hint")]
    public static partial nuint LifetimeOf(nint ticket);

    [LibraryImport(Name, EntryPoint = "SSL_SESSION_get_protocol_version")]
    public static partial int VersionOfTicket(nint ticket);
}
