/** Part 2 of the weaknesses; see cwe.ts for what a row says. Names © The MITRE Corporation, CWE. */
export const cweRows2 = `
603|a-=Use of Client-Side Authentication|VA¤605|a-=Multiple Binds to the Same Port|VA¤606|a-=Unchecked Input for Loop Condition|VA¤
607|a-=Public Static Final Field References Mutable Object|VA¤608|a-=Struts: Non-private Field in ActionForm Class|VA¤
609|a-=Double-Checked Locking|VA¤610|a-=Externally Controlled Reference to a Resource in Another Sphere|VR|XD¤
611|a-=Information Leak Through XML External Entity File Disclosure|o-=Information Exposure Through XML External Entity Reference|u-=Improper Restriction of XML External Entity Reference ('XXE')|G-=Improper Restriction of XML External Entity Reference|VA¤
612|a-=Information Leak Through Indexing of Private Data|o-=Information Exposure Through Indexing of Private Data|J-=Improper Authorization of Index Containing Sensitive Information|VA¤
613|a-=Insufficient Session Expiration|VA¤
614|a-=Sensitive Cookie in HTTPS Session Without "Secure" Attribute|e-=Sensitive Cookie in HTTPS Session Without 'Secure' Attribute|VA¤
615|a-=Information Leak Through Comments|o-=Information Exposure Through Comments|J-=Inclusion of Sensitive Information in Source Code Comments|VA¤
616|a-=Incomplete Identification of Uploaded File Variables (PHP)|VA¤617|a-=Reachable Assertion|VA¤
618|a-=Exposed Unsafe ActiveX Method|VA¤
619|a-=Dangling Database Cursor (aka 'Cursor Injection')|f-=Dangling Database Cursor ('Cursor Injection')|VA¤
620|a-=Unverified Password Change|VA¤621|a-=Variable Extraction Error|VA¤
622|a-=Unvalidated Function Hook Arguments|t-=Improper Validation of Function Hook Arguments|VA¤
623|a-=Unsafe ActiveX Control Marked Safe For Scripting|VA¤624|a-=Executable Regular Expression Error|VA¤
625|a-=Permissive Regular Expression|VA¤626|a-=Null Byte Interaction Error (Poison Null Byte)|VA¤627|a-=Dynamic Variable Evaluation|VA¤
628|a-=Function Call with Incorrectly Specified Arguments|VA¤
636|a-=Design Principle Violation: Not Failing Securely (aka 'Failing Open')|d-=Not Failing Securely (aka 'Failing Open')|f-=Not Failing Securely ('Failing Open')|VR¤
637|a-=Design Principle Violation: Not Using Economy of Mechanism|d-=Failure to Use Economy of Mechanism|n-=Unnecessary Complexity in Protection Mechanism (Not Using 'Economy of Mechanism')|VR¤
638|a-=Design Principle Violation: Not Using Complete Mediation|d-=Failure to Use Complete Mediation|n-=Not Using Complete Mediation|VR¤
639|a-=Access Control Bypass Through User-Controlled Key|o-=Authorization Bypass Through User-Controlled Key|VA¤
640|a-=Weak Password Recovery Mechanism for Forgotten Password|VR¤
641|a-=Insufficient Filtering of File and Other Resource Names for Executable Content|l-=Improper Restriction of Names for Files and Other Resources|VA¤
642|a-=External Control of User State Data|d-=External Control of Critical State Data|VR¤
643|a-=Unsafe Treatment of XPath Input|b-=Failure to Sanitize Data within XPath Expressions (aka 'XPath injection')|f-=Failure to Sanitize Data within XPath Expressions ('XPath injection')|k-=Improper Neutralization of Data within XPath Expressions ('XPath injection')|l-=Improper Neutralization of Data within XPath Expressions ('XPath Injection')|VA¤
644|a-=Insufficient Filtering of HTTP Headers for Scripting Syntax|b-=Insufficient Sanitization of HTTP Headers for Scripting Syntax|f-=Improper Sanitization of HTTP Headers for Scripting Syntax|k-=Improper Neutralization of HTTP Headers for Scripting Syntax|VA¤
645|a-=Overly Restrictive Account Lockout Mechanism|VA¤
646|a-=Taking Actions based on File Name or Extension of a User Supplied File|b-=Reliance on File Name or Extension of Externally-Supplied File|VA¤
647|a-=Using Non-Canonical Paths for Authorization Decisions|b-=Use of Non-Canonical URL Paths for Authorization Decisions|VA¤
648|a-=Improper Use of Privileged APIs|f-=Incorrect Use of Privileged APIs|VA¤
649|a-=Reliance on Obfuscation or Encryption of Security-Relevant Inputs without Integrity Checking|VA¤
650|a-=Trusting HTTP Permission Methods on the Server Side|VA¤
651|a-=Information Leak through WSDL File|m-=Information Exposure through WSDL File|o-=Information Exposure Through WSDL File|J-=Exposure of WSDL File Containing Sensitive Information|VA¤
652|a-=Unsafe Treatment of XQuery Input|b-=Failure to Sanitize Data within XQuery Expressions (aka 'XQuery Injection')|f-=Failure to Sanitize Data within XQuery Expressions ('XQuery Injection')|k-=Improper Neutralization of Data within XQuery Expressions ('XQuery Injection')|VA¤
653|a-=Design Principle Violation: Insufficient Compartmentalization|d-=Insufficient Compartmentalization|P-=Improper Isolation or Compartmentalization|VA¤
654|a-=Design Principle Violation: Reliance on a Single Factor in a Security Decision|d-=Reliance on a Single Factor in a Security Decision|VA¤
655|a-=Design Principle Violation: Failure to Satisfy Psychological Acceptability|d-=Failure to Satisfy Psychological Acceptability|f-=Insufficient Psychological Acceptability|VR¤
656|a-=Design Principle Violation: Reliance on Security through Obscurity|d-=Reliance on Security through Obscurity|o-=Reliance on Security Through Obscurity|VR¤
657|a-=Violation of Secure Design Principles|VR|XD¤662|a-=Insufficient Synchronization|m-=Improper Synchronization|VR|XD¤
663|a-=Use of a Non-reentrant Function in an Unsynchronized Context|m-=Use of a Non-reentrant Function in a Multithreaded Context|n-=Use of a Non-reentrant Function in a Concurrent Context|VA¤
664|a-=Insufficient Control of a Resource Through its Lifetime|f-=Improper Control of a Resource Through its Lifetime|VD¤
665|a-=Incorrect or Incomplete Initialization|d-=Improper Initialization|VR|XD¤
666|a-=Operation on Resource in Wrong Phase of Lifetime|VR|XD¤667|a-=Insufficient Locking|n-=Improper Locking|VR¤
668|a-=Exposure of Resource to Wrong Sphere|VD¤669|a-=Incorrect Resource Transfer Between Spheres|VR¤
670|a-=Always-Incorrect Control Flow Implementation|VR¤
671|a-=Design Principle Violation: Lack of Administrator Control over Security|d-=Lack of Administrator Control over Security|VR¤
672|a-=Use of a Resource after Expiration or Release|j-=Operation on a Resource after Expiration or Release|VR¤
673|a-=External Influence of Sphere Definition|VR¤674|a-=Uncontrolled Recursion|VR¤
675|a-=Duplicate Operations on Resource|P-=Multiple Operations on Resource in Single-Operation Context|VR¤
676|a-=Use of Potentially Dangerous Function|VA¤680|B-=Integer Overflow to Buffer Overflow|C-!|D-=Integer Overflow to Buffer Overflow|VD¤
681|a-=Incorrect Conversion between Numeric Types|VA¤682|a-=Incorrect Calculation|VD¤
683|a-=Function Call With Incorrect Order of Arguments|VA¤
684|a-=Failure to Provide Specified Functionality|o-=Incorrect Provision of Specified Functionality|VR¤
685|a-=Function Call With Incorrect Number of Arguments|VA¤686|a-=Function Call With Incorrect Argument Type|VA¤
687|a-=Function Call With Incorrectly Specified Argument Value|VA¤
688|a-=Function Call With Incorrect Variable or Reference as Argument|VA¤
689|B-=Permission Race Condition During Resource Copy|C-!|D-=Permission Race Condition During Resource Copy|VA¤
690|B-=Unchecked Return Value to NULL Pointer Dereference|C-!|D-=Unchecked Return Value to NULL Pointer Dereference|VD¤
691|a-=Insufficient Control Flow Management|VD¤
692|B-=Incomplete Blacklist to Cross-Site Scripting|C-!|D-=Incomplete Blacklist to Cross-Site Scripting|K-=Incomplete Denylist to Cross-Site Scripting|VD¤
693|a-=Protection Mechanism Failure|VD¤694|a-=Use of Multiple Resources with Duplicate Identifier|VA¤
695|a-=Use of Low-Level Functionality|VA¤696|a-=Incorrect Behavior Order|VR¤697|a-=Insufficient Comparison|E-=Incorrect Comparison|VD¤
698|a-=Redirect Without Exit|u-=Execution After Redirect (EAR)|VA¤
703|a-=Failure to Handle Exceptional Conditions|n-=Improper Check or Handling of Exceptional Conditions|VD¤
704|a-=Incorrect Type Conversion or Cast|VR¤705|a-=Incorrect Control Flow Scoping|VR¤
706|a-=Use of Incorrectly-Resolved Name or Reference|VR¤
707|a-=Failure to Enforce that Messages or Data are Well-Formed|f-=Improper Enforcement of Message or Data Structure|J-=Improper Neutralization|VD¤
708|a-=Incorrect Ownership Assignment|VA¤710|a-=Coding Standards Violation|C-=Improper Adherence to Coding Standards|VD¤
732|a-=Insecure Permission Assignment for Resource|d-=Insecure Permission Assignment for Critical Resource|f-=Incorrect Permission Assignment for Critical Resource|VR¤
733|b-=Compiler Optimization Removal or Modification of Security-critical Code|VA¤
749|c-=Exposed Insecure Method or Function|d-=Exposed Dangerous Method or Function|VA¤
754|e-=Improper Check for Exceptional Conditions|j-=Improper Check for Unusual or Exceptional Conditions|VR¤
755|e-=Improper Handling of Exceptional Conditions|VR|XD¤756|e-=Missing Custom Error Page|VA¤
757|e-=Selection of Less-Secure Algorithm During Negotiation ('Algorithm Downgrade')|VA¤
758|e-=Reliance on Undefined, Unspecified, or Implementation-Defined Behavior|VR¤759|e-=Use of a One-Way Hash without a Salt|VA¤
760|e-=Use of a One-Way Hash with a Predictable Salt|VA¤761|f-=Free of Pointer not at Start of Buffer|VA¤
762|f-=Mismatched Memory Management Routines|VA¤763|f-=Release of Invalid Pointer or Reference|VA¤
764|f-=Multiple Locks of a Critical Resource|VA¤765|f-=Multiple Unlocks of a Critical Resource|VA¤
766|f-=Critical Variable Declared Public|F-=Critical Data Element Declared Public|VA¤
767|f-=Access to Critical Private Variable via Public Method|VA¤768|f-=Incorrect Short Circuit Evaluation|VA¤
769|C-=Uncontrolled File Descriptor Consumption|FX=DEPRECATED: Uncontrolled File Descriptor Consumption¤
770|f-=Allocation of Resources Without Limits or Throttling|VA¤771|f-=Missing Reference to Active Allocated Resource|VA¤
772|f-=Missing Release of Resource after Effective Lifetime|VA¤773|f-=Missing Reference to Active File Descriptor or Handle|VA¤
774|f-=Allocation of File Descriptors or Handles Without Limits or Throttling|VA¤
775|f-=Missing Release of File Descriptor or Handle after Effective Lifetime|VA¤
776|g-=Unrestricted Recursive Entity References in DTDs ('XML Bomb')|u-=Improper Restriction of Recursive Entity References in DTDs ('XML Entity Expansion')|VA¤
777|g-=Regular Expression without Anchors|VA¤778|g-=Insufficient Logging|VA¤779|g-=Logging of Excessive Data|VA¤
780|g-=Use of RSA Algorithm without OAEP|VA¤781|g-=Improper Address Validation in IOCTL with METHOD_NEITHER I/O Control Code|VA¤
782|g-=Exposed IOCTL with Insufficient Access Control|VA¤783|g-=Operator Precedence Logic Error|VA¤
784|g-=Reliance on Cookies without Validation and Integrity Checking in a Security Decision|VA¤
785|g-=Use of Path Manipulation Function without Maximum-sized Buffer|VA¤786|h-=Access of Memory Location Before Start of Buffer|VD¤
787|h-=Out-of-bounds Write|VA¤788|h-=Access of Memory Location After End of Buffer|VD¤
789|h-=Uncontrolled Memory Allocation|M-=Memory Allocation with Excessive Size Value|VA¤790|i-=Improper Filtering of Special Elements|VR¤
791|i-=Incomplete Filtering of Special Elements|VA¤792|i-=Incomplete Filtering of One or More Instances of Special Elements|VA¤
793|i-=Only Filtering One Instance of a Special Element|VA¤794|i-=Incomplete Filtering of Multiple Instances of Special Elements|VA¤
795|i-=Only Filtering Special Elements at a Specified Location|VA¤796|i-=Only Filtering Special Elements Relative to a Marker|VA¤
797|i-=Only Filtering Special Elements at an Absolute Position|VA¤798|j-=Use of Hard-coded Credentials|VA¤
799|j-=Improper Control of Interaction Frequency|VR¤804|j-=Guessable CAPTCHA|VA¤805|j-=Buffer Access with Incorrect Length Value|VA¤
806|j-=Buffer Access Using Size of Source Buffer|VA¤807|j-=Reliance on Untrusted Inputs in a Security Decision|VA¤
820|m-=Missing Synchronization|VA¤821|m-=Incorrect Synchronization|VA¤822|m-=Untrusted Pointer Dereference|VA¤
823|m-=Use of Out-of-range Pointer Offset|VA¤824|m-=Access of Uninitialized Pointer|VA¤825|m-=Expired Pointer Dereference|VA¤
826|m-=Premature Release of Resource During Expected Lifetime|VA¤827|n-=Improper Control of Document Type Definition|VA¤
828|n-=Signal Handler with Functionality that is not Asynchronous-Safe|VA¤
829|n-=Inclusion of Functionality from Untrusted Control Sphere|VA¤830|n-=Inclusion of Web Functionality from an Untrusted Source|VA¤
831|n-=Signal Handler Function Associated with Multiple Signals|VA¤832|n-=Unlock of a Resource that is not Locked|VA¤833|n-=Deadlock|VA¤
834|o-=Excessive Iteration|VR|XD¤835|o-=Loop with Unreachable Exit Condition ('Infinite Loop')|VA¤
836|o-=Use of Password Hash Instead of Password for Authentication|VA¤837|o-=Improper Enforcement of a Single, Unique Action|VA¤
838|o-=Inappropriate Encoding for Output Context|VA¤839|o-=Numeric Range Comparison Without Minimum Check|VA¤
841|o-=Improper Enforcement of Behavioral Workflow|VA¤842|o-=Placement of User into Incorrect Group|VA¤
843|p-=Access of Resource Using Incompatible Type ('Type Confusion')|VA¤862|p-=Missing Authorization|VR¤
863|p-=Incorrect Authorization|VR¤908|u-=Use of Uninitialized Resource|VA¤909|u-=Missing Initialization of Resource|VA|WR¤
910|u-=Use of Expired File Descriptor|VA¤911|u-=Improper Update of Reference Count|VA¤912|u-=Hidden Functionality|VR¤
913|u-=Improper Control of Dynamically-Managed Code Resources|VR¤914|u-=Improper Control of Dynamically-Identified Variables|VA¤
915|u-=Improperly Controlled Modification of Dynamically-Determined Object Attributes|VA¤
916|u-=Use of Password Hash With Insufficient Computational Effort|VA¤
917|u-=Improper Neutralization of Special Elements used in an Expression Language Statement ('Expression Language Injection')|VA¤
918|u-=Server-Side Request Forgery (SSRF)|VA¤920|v-=Improper Restriction of Power Consumption|VA¤
921|v-=Storage of Sensitive Data in a Mechanism without Access Control|VA¤922|v-=Insecure Storage of Sensitive Information|VR¤
923|v-=Improper Authentication of Endpoint in a Communication Channel|w-=Improper Restriction of Communication Channel to Intended Endpoints|VR¤
924|v-=Improper Enforcement of Message Integrity During Transmission in a Communication Channel|VA¤
925|v-=Improper Verification of Intent by Broadcast Receiver|VA¤
926|v-=Improper Restriction of Content Provider Export to Other Applications|w-=Improper Export of Android Application Components|VA¤
927|v-=Use of Implicit Intent for Sensitive Communication|VA¤939|w-=Improper Authorization in Handler for Custom URL Scheme|VA¤
940|w-=Improper Verification of Source of a Communication Channel|VA¤
941|w-=Incorrectly Specified Destination in a Communication Channel|VA¤
942|x-=Overly Permissive Cross-domain Whitelist|K-=Permissive Cross-domain Policy with Untrusted Domains|VA¤
943|x-=Improper Neutralization of Special Elements in Data Query Logic|VR¤1004|A-=Sensitive Cookie Without 'HttpOnly' Flag|VA¤
1007|C-=Insufficient Visual Distinction of Homoglyphs Presented to User|VA¤
1021|C-=Improper Restriction of Rendered UI Layers or Frames|VA¤
1022|C-=Improper Restriction of Cross-Origin Permission to window.opener.location|E-=Use of Web Link to Untrusted Target with window.opener Access|VA¤
1023|E-=Incomplete Comparison with Missing Factors|VR¤1024|E-=Comparison of Incompatible Types|VA¤
1025|E-=Comparison Using Wrong Factors|VA¤1037|E-=Processor Optimization Removal or Modification of Security-critical Code|VA¤
1038|E-=Insecure Automated Optimizations|VR¤
1039|E-=Automated Recognition Mechanism with Inadequate Detection or Handling of Adversarial Input Perturbations|VR|0R=Inadequate Detection or Handling of Adversarial Input Perturbations in Automated Recognition Mechanism¤
1041|F-=Use of Redundant Code|VA|XP¤1042|F-=Static Member Data Element outside of a Singleton Class Element|VA|XP¤
1043|F-=Data Element Aggregating an Excessively Large Number of Non-Primitive Elements|VA|XP¤
1044|F-=Architecture with Number of Horizontal Layers Outside of Expected Range|VA|XP¤
1045|F-=Parent Class with a Virtual Destructor and a Child Class without a Virtual Destructor|VA¤
1046|F-=Creation of Immutable Text Using String Concatenation|VA¤1047|F-=Modules with Circular Dependencies|VA|XP¤
1048|F-=Invokable Control Element with Large Number of Outward Calls|VA|XP¤
1049|F-=Excessive Data Query Operations in a Large Data Table|VA¤1050|F-=Excessive Platform Resource Consumption within a Loop|VA¤
1051|F-=Initialization with Hard-Coded Network Resource Configuration Data|VA|XP¤
1052|F-=Excessive Use of Hard-Coded Literals in Initialization|VA¤1053|F-=Missing Documentation for Design|VA|XP¤
1054|F-=Invocation of a Control Element at an Unnecessarily Deep Horizontal Layer|VA|XP¤
1055|F-=Multiple Inheritance from Concrete Classes|VA|XP¤1056|F-=Invokable Control Element with Variadic Parameters|VA|XP¤
1057|F-=Data Access Operations Outside of Expected Data Manager Component|VA|XP¤
1058|F-=Invokable Control Element in Multi-Thread Context with non-Final Static Storable or Member Element|VA¤
1059|F-=Incomplete Documentation|Q-=Insufficient Technical Documentation|VR|XP¤
1060|F-=Excessive Number of Inefficient Server-Side Data Accesses|VA|XP¤1061|F-=Insufficient Encapsulation|VR¤
1062|F-=Parent Class with References to Child Class|VA|XP¤1063|F-=Creation of Class Instance within a Static Code Block|VA|XP¤
1064|F-=Invokable Control Element with Signature Containing an Excessive Number of Parameters|VA|XP¤
1065|F-=Runtime Resource Management Control Element in a Component Built to Run on Application Servers|VA|XP¤
1066|F-=Missing Serialization Control Element|VA|XP¤1067|F-=Excessive Execution of Sequential Searches of Data Resource|VA¤
1068|F-=Inconsistency Between Implementation and Documented Design|VA|XP¤1069|F-=Empty Exception Block|VA|XP¤
1070|F-=Serializable Data Element Containing non-Serializable Item Elements|VA|XP¤1071|F-=Empty Code Block|VA¤
1072|F-=Data Resource Access without Use of Connection Pooling|VA|XP¤
1073|F-=Non-SQL Invokable Control Element with Excessive Number of Data Resource Accesses|VA|XP¤
1074|F-=Class with Excessively Deep Inheritance|VA|XP¤1075|F-=Unconditional Control Flow Transfer outside of Switch Block|VA¤
1076|F-=Insufficient Adherence to Expected Conventions|VR|XP¤1077|F-=Floating Point Comparison with Incorrect Operator|VA¤
1078|F-=Inappropriate Source Code Style or Formatting|VR|XP¤1079|F-=Parent Class without Virtual Destructor Method|VA¤
1080|F-=Source Code File with Excessive Number of Lines of Code|VA|XP¤1082|F-=Class Instance Self Destruction Control Element|VA|XP¤
1083|F-=Data Access from Outside Expected Data Manager Component|VA|XP¤
1084|F-=Invokable Control Element with Excessive File or Data Access Operations|VA|XP¤
1085|F-=Invokable Control Element with Excessive Volume of Commented-out Code|VA|XP¤
1086|F-=Class with Excessive Number of Child Classes|VA|XP¤1087|F-=Class with Virtual Method without a Virtual Destructor|VA¤
1088|F-=Synchronous Access of Remote Resource without Timeout|VA¤1089|F-=Large Data Table with Excessive Number of Indices|VA¤
1090|F-=Method Containing Access of a Member Element from Another Class|VA|XP¤
1091|F-=Use of Object without Invoking Destructor Method|VA¤
1092|F-=Use of Same Invokable Control Element in Multiple Architectural Layers|VA|XP¤1093|F-=Excessively Complex Data Representation|VR¤
1094|F-=Excessive Index Range Scan for a Data Resource|VA|XP¤1095|F-=Loop Condition Value Update within the Loop|VA|XP¤
1096|F-=Singleton Class Instance Creation without Proper Locking or Synchronization|VA¤
1097|F-=Persistent Storable Data Element without Associated Comparison Control Element|VA|XP¤
1098|F-=Data Element containing Pointer Item without Proper Copy Control Element|VA¤
1099|F-=Inconsistent Naming Conventions for Identifiers|VA|XP¤1100|F-=Insufficient Isolation of System-Dependent Functions|VA¤
1101|F-=Reliance on Runtime Component in Generated Code|VA|XP¤1102|F-=Reliance on Machine-Dependent Data Representation|VA¤
1103|F-=Use of Platform-Dependent Third Party Components|VA|XP¤1104|F-=Use of Unmaintained Third Party Components|VA¤
1105|F-=Insufficient Encapsulation of Machine-Dependent Functionality|VA|XP¤1106|F-=Insufficient Use of Symbolic Constants|VA|XP¤
1107|F-=Insufficient Isolation of Symbolic Constant Definitions|VA|XP¤1108|F-=Excessive Reliance on Global Variables|VA¤
1109|F-=Use of Same Variable for Multiple Purposes|VA|XP¤1110|F-=Incomplete Design Documentation|VA|XP¤
1111|F-=Incomplete I/O Documentation|VA|XP¤1112|F-=Incomplete Documentation of Program Execution|VA|XP¤
1113|F-=Inappropriate Comment Style|VA|XP¤1114|F-=Inappropriate Whitespace Style|VA|XP¤
1115|F-=Source Code Element without Standard Prologue|VA|XP¤1116|F-=Inaccurate Comments|VA¤
1117|F-=Callable with Insufficient Behavioral Summary|VA|XP¤1118|F-=Insufficient Documentation of Error Handling Techniques|VA|XP¤
1119|F-=Excessive Use of Unconditional Branching|VA|XP¤1120|F-=Excessive Code Complexity|VR¤
1121|F-=Excessive McCabe Cyclomatic Complexity|VA|XP¤1122|F-=Excessive Halstead Complexity|VA|XP¤
1123|F-=Excessive Use of Self-Modifying Code|VA¤1124|F-=Excessively Deep Nesting|VA|XP¤1125|F-=Excessive Attack Surface|VA|XP¤
1126|F-=Declaration of Variable with Unnecessarily Wide Scope|VA¤1127|F-=Compilation with Insufficient Warnings or Errors|VA¤
1164|F-=Irrelevant Code|VR¤1173|F-=Improper Use of Validation Framework|VA¤
1174|F-=ASP.NET Misconfiguration: Improper Model Validation|VA¤1176|F-=Inefficient CPU Computation|VR¤1177|F-=Use of Prohibited Code|VR¤
1187|G-=Use of Uninitialized Resource|JX=DEPRECATED: Use of Uninitialized Resource¤
1188|G-=Insecure Default Initialization of Resource|VA|WA=Initialization of a Resource with an Insecure Default¤
1189|J-=Improper Isolation of Shared Resources on System-on-Chip (SoC)|L-=Improper Isolation of Shared Resources on System-on-a-Chip (SoC)|VA¤
1190|J-=DMA Device Enabled Too Early in Boot Phase|VA¤
1191|J-=Exposed Chip Debug Interface With Insufficient Access Control|K-=Exposed Chip Debug and or Test Interface With Insufficient Access Control|L-=Exposed Chip Debug and Test Interface With Insufficient or Missing Authorization|P-=On-Chip Debug and Test Interface With Improper Access Control|VA¤
1192|J-=System-on-Chip (SoC) Using Components without Unique, Immutable Identifiers|VA|XA=Improper Identifier for IP Block used in System-On-Chip (SOC)¤
1193|J-=Power-On of Untrusted Execution Core Before Enabling Fabric Access Control|VA¤
1204|N-=Generation of Weak Initialization Vector (IV)|VA¤1209|J-=Failure to Disable Reserved Bits|VA¤
1220|J-=Insufficient Granularity of Access Control|VA¤1221|J-=Incorrect Register Defaults or Module Parameters|VA¤
1222|J-=Insufficient Granularity of Address Regions Protected by Register Locks|VA¤1223|J-=Race Condition for Write-Once Attributes|VA¤
1224|J-=Improper Restriction of Write-Once Bit Fields|VA¤1229|J-=Creation of Emergent Resource|VR¤
1230|J-=Exposure of Sensitive Information Through Metadata|VA¤
1231|J-=Improper Implementation of Lock Protection Registers|P-=Improper Prevention of Lock Bit Modification|VA¤
1232|J-=Improper Lock Behavior After Power State Transition|VA¤
1233|J-=Improper Hardware Lock Protection for Security Sensitive Controls|P-=Security-Sensitive Hardware Controls with Missing Lock Bit Protection|VA¤
1234|J-=Hardware Internal or Debug Modes Allow Override of Locks|VA¤
1235|J-=Incorrect Use of Autoboxing and Unboxing for Performance Critical Operations|VA¤
1236|J-=Improper Neutralization of Formula Elements in a CSV File|VA¤1239|J-=Improper Zeroization of Hardware Register|VA¤
1240|J-=Use of a Risky Cryptographic Primitive|P-=Use of a Cryptographic Primitive with a Risky Implementation|VA¤
1241|J-=Use of Predictable Algorithm in Random Number Generator|VA¤1242|J-=Inclusion of Undocumented Features or Chicken Bits|VA¤
1243|J-=Exposure of Security-Sensitive Fuse Values During Debug|L-=Sensitive Non-Volatile Information Not Protected During Debug|VA¤
1244|J-=Improper Authorization on Physical Debug and Test Interfaces|L-=Improper Access to Sensitive Information Using Debug and Test Interfaces|P-=Internal Asset Exposed to Unsafe Debug Access Level or State|VA¤
1245|J-=Improper Finite State Machines (FSMs) in Hardware Logic|VA¤
1246|J-=Improper Write Handling in Limited-write Non-Volatile Memories|VA¤
1247|J-=Missing Protection Against Voltage and Clock Glitches|L-=Missing or Improperly Implemented Protection Against Voltage and Clock Glitches|P-=Improper Protection Against Voltage and Clock Glitches|VA¤
1248|J-=Semiconductor Defects in Hardware Logic with Security-Sensitive Implications|VA¤
1249|J-=Application-Level Admin Tool with Inconsistent View of Underlying Operating System|VA¤
1250|J-=Improper Preservation of Consistency Between Independent Representations of Shared State|VA¤
1251|J-=Mirrored Regions with Different Values|VA¤
1252|J-=CPU Hardware Not Configured to Support Exclusivity of Write and Execute Operations|VA¤
1253|K-=Incorrect Selection of Fuse Values|VA¤1254|K-=Incorrect Comparison Logic Granularity|VA¤
1255|L-=Comparison Logic is Vulnerable to Power Side-Channel Attacks|VA¤
1256|K-=Hardware Features Enable Physical Attacks from Software|P-=Improper Restriction of Software Interfaces to Hardware Features|VA¤
1257|K-=Improper Access Control Applied to Mirrored or Aliased Memory Regions|VA¤
1258|K-=Sensitive Information Uncleared During Hardware Debug Flows|L-=Exposure of Sensitive System Information Due to Uncleared Debug Information|VA¤
1259|K-=Improper Protection of Security Identifiers|L-=Improper Restriction of Security Token Assignment|VA¤
1260|K-=Improper Handling of Overlap Between Protected Memory Ranges|VA¤1261|K-=Improper Handling of Single Event Upsets|VA¤
1262|K-=Register Interface Allows Software Access to Sensitive Data or Security Settings|P-=Improper Access Control for Register Interface|VA¤
1263|K-=Insufficient Physical Protection Mechanism|L-=Improper Physical Access Control|VR¤
1264|K-=Hardware Logic with Insecure De-Synchronization between Control and Data Channels|VA¤
1265|K-=Unintended Reentrant Invocation of Non-reentrant Code Via Nested Calls|VA¤
1266|K-=Improper Scrubbing of Sensitive Data from Decommissioned Device|VA¤1267|K-=Policy Uses Obsolete Encoding|VA¤
1268|K-=Agents Included in Control Policy are not Contained in Less-Privileged Policy|L-=Policy Privileges are not Assigned Consistently Between Control and Data Agents|VA¤
1269|K-=Product Released in Non-Release Configuration|VA¤
1270|K-=Generation of Incorrect Security Identifiers|L-=Generation of Incorrect Security Tokens|VA¤
1271|K-=Missing Known Value on Reset for Registers Holding Security Settings|L-=Unitialized Value on Reset for Registers Holding Security Settings|N-=Uninitialized Value on Reset for Registers Holding Security Settings|VA¤
1272|K-=Debug/Power State Transitions Leak Information|L-=Sensitive Information Uncleared Before Debug/Power State Transition|VA¤
1273|K-=Device Unlock Credential Sharing|VA¤
1274|K-=Insufficient Protections on the Volatile Memory Containing Boot Code|P-=Improper Access Control for Volatile Memory Containing Boot Code|VA¤
1275|K-=Sensitive Cookie with Improper SameSite Attribute|VA¤
1276|K-=Hardware Block Incorrectly Connected to Larger System|L-=Hardware Child Block Incorrectly Connected to Parent System|VA¤
1277|K-=Firmware Not Updateable|VA¤
1278|K-=Missing Protection Against Hardware Reverse Engineering Using Integrated Circuit (IC) Imaging Techniques|VA¤
1279|K-=Cryptographic Primitives used without Successful Self-Test|L-=Cryptographic Operations are run Before Supporting Units are Ready|VA¤
1280|K-=Access Control Check Implemented After Asset is Accessed|VA¤
1281|K-=Sequence of Processor Instructions Leads to Unexpected Behavior (Halt and Catch Fire)|O-=Sequence of Processor Instructions Leads to Unexpected Behavior|VA¤
1282|K-=Assumed-Immutable Data Stored in Writable Memory|L-=Assumed-Immutable Data is Stored in Writable Memory|VA¤
1283|K-=Mutable Attestation or Measurement Reporting Data|VA¤1284|K-=Improper Validation of Specified Quantity in Input|VA¤
1285|K-=Improper Validation of Specified Index, Position, or Offset in Input|VA¤
1286|K-=Improper Validation of Syntactic Correctness of Input|VA¤1287|K-=Improper Validation of Specified Type of Input|VA¤
1288|K-=Improper Validation of Consistency within Input|VA¤1289|K-=Improper Validation of Unsafe Equivalence in Input|VA¤
1290|L-=Incorrect Decoding of Security Identifiers|VA¤1291|L-=Public Key Re-Use for Signing both Debug and Production Code|VA¤
1292|L-=Incorrect Conversion of Security Identifiers|VA¤1293|L-=Missing Source Correlation of Multiple Independent Data|VA¤
1294|L-=Insecure Security Identifier Mechanism|VR¤1295|L-=Debug Messages Revealing Unnecessary Information|VA¤
1296|L-=Incorrect Chaining or Granularity of Debug Components|VA¤
1297|L-=Unprotected Confidential Information on Device is Accessible by OSAT Vendors|VA¤
1298|L-=Hardware Logic Contains Race Conditions|VA¤1299|L-=Missing Protection Mechanism for Alternate Hardware Interface|VA¤
1300|L-=Improper Protection Against Physical Side Channels|P-=Improper Protection of Physical Side Channels|VA¤
1301|L-=Insufficient or Incomplete Data Removal within Hardware Component|VA¤
1302|L-=Missing Security Identifier|VA|XA=Missing Source Identifier in Entity Transactions on a System-On-Chip (SOC)¤
1303|L-=Non-Transparent Sharing of Microarchitectural Resources|VA¤
1304|L-=Improperly Preserved Integrity of Hardware Configuration State During a Power Save/Restore Operation|VA¤
1310|M-=Missing Ability to Patch ROM Code|VA¤1311|M-=Improper Translation of Security Attributes by Fabric Bridge|VA¤
1312|M-=Missing Protection for Mirrored Regions in On-Chip Fabric Firewall|VA¤
1313|M-=Hardware Allows Activation of Test or Debug Logic at Runtime|VA¤1314|M-=Missing Write Protection for Parametric Data Values|VA¤
1315|M-=Improper Setting of Bus Controlling Capability in Fabric End-point|VA¤
1316|M-=Fabric-Address Map Allows Programming of Unwarranted Overlaps of Protected and Unprotected Ranges|VA¤
1317|M-=Missing Security Checks in Fabric Bridge|S-=Improper Access Control in Fabric Bridge|VA¤
1318|M-=Missing Support for Security Features in On-chip Fabrics or Buses|VA¤
1319|M-=Improper Protection against Electromagnetic Fault Injection (EM-FI)|VA¤
1320|M-=Improper Protection for Out of Bounds Signal Level Alerts|S-=Improper Protection for Outbound Error Messages and Alert Signals|VA¤
1321|M-=Improperly Controlled Modification of Object Prototype Attributes ('Prototype Pollution')|VA¤
1322|M-=Use of Blocking Code in Single-threaded, Non-blocking Context|VA¤1323|M-=Improper Management of Sensitive Trace Data|VA¤
1324|M-=Sensitive Information Accessible by Physical Probing of JTAG Interface|TX=DEPRECATED: Sensitive Information Accessible by Physical Probing of JTAG Interface¤
1325|M-=Improperly Controlled Sequential Memory Allocation|VA¤1326|M-=Missing Immutable Root of Trust in Hardware|VA¤
1327|M-=Binding to an Unrestricted IP Address|VA¤1328|M-=Security Version Number Mutable to Older Versions|VA¤
1329|M-=Reliance on Component That is Not Updateable|VA¤1330|M-=Remanent Data Readable after Memory Erase|VA¤
1331|M-=Improper Isolation of Shared Resources in Network On Chip|P-=Improper Isolation of Shared Resources in Network On Chip (NoC)|VA¤
1332|M-=Insufficient Protection Against Instruction Skipping Via Fault Injection|P-=Improper Handling of Faults that Lead to Instruction Skips|VA¤
1333|N-=Inefficient Regular Expression Complexity|VA¤1334|M-=Unauthorized Error Injection Can Degrade Hardware Redundancy|VA¤
1335|O-=Incorrect Bitwise Shift of Integer|VA¤1336|O-=Improper Neutralization of Special Elements Used in a Template Engine|VA¤
1338|M-=Improper Protections Against Hardware Overheating|VA¤1339|O-=Insufficient Precision or Accuracy of a Real Number|VA¤
1341|P-=Multiple Releases of Same Resource or Handle|VA¤
1342|P-=Information Exposure through Microarchitectural State after Transient Execution|VA¤
1351|O-=Improper Handling of Hardware Behavior in Exceptionally Cold Environments|VA¤
1357|Q-=Reliance on Uncontrolled Component|T-=Reliance on Insufficiently Trustworthy Component|VR¤
1384|Q-=Improper Handling of Extreme Physical Environment Conditions|R-=Improper Handling of Physical or Environmental Conditions|VR¤
1385|Q-=Missing Origin Validation in WebSockets|VA¤1386|R-=Insecure Operation on Windows Junction / Mount Point|VA¤
1389|S-=Incorrect Parsing of Numbers with Different Radices|VA¤1390|S-=Weak Authentication|VR¤1391|S-=Use of Weak Credentials|VR¤
1392|S-=Use of Default Credentials|VA¤1393|S-=Use of Default Password|VA¤1394|S-=Use of Default Cryptographic Key|VA¤
1395|T-=Dependency on Vulnerable Third-Party Component|VR¤1419|WR=Incorrect Initialization of Resource¤
1420|XR=Exposure of Sensitive Information during Transient Execution¤
1421|XA=Exposure of Sensitive Information in Shared Microarchitectural Structures during Transient Execution¤
1422|XA=Exposure of Sensitive Information caused by Incorrect Data Forwarding during Transient Execution¤
1423|XA=Exposure of Sensitive Information caused by Shared Microarchitectural Predictor State that Influences Transient Execution¤
1426|YD=Improper Validation of Generative AI Output¤1427|ZA=Improper Neutralization of Input Used for LLM Prompting¤
1428|0A=Reliance on HTTP instead of HTTPS¤1429|0A=Missing Security-Relevant Feedback for Unexecuted Operations in Hardware Interface¤
1431|0A=Driving Intermediate Cryptographic State/Results to Hardware Module Outputs
`;
